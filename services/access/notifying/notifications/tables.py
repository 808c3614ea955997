"""Notifications of accounts."""

from sqlalchemy import Column, Date, Uuid

from shared.database.tables import instant, table, text

notification = table(
    "access_notification",
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    text("kind"),
    text("event"),
    text("resource"),
    Column("record_id", Uuid, nullable=False),
    text("ref"),
    text("link"),
    Column("day", Date, nullable=False),
    instant("at"),
    instant("read_at", nullable=True),
    text("mail"),
    instant("mailed_at", nullable=True),
)
"""One row for each account, record, event and day. `event` is the entity and the state that the record entered. `mail`
is how the account wanted it when it came; `mailed_at` is when its mail was enqueued."""
