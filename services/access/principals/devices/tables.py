"""Codes of devices."""

from sqlalchemy import Column, Integer, LargeBinary, Uuid

from shared.database.tables import instant, table, text

device = table(
    "access_device",
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("user_digest", LargeBinary, nullable=False),
    Column("client", Uuid, nullable=False),
    text("scope"),
    text("network"),
    instant("asked_at"),
    instant("until"),
    Column("pause", Integer, nullable=False),
    instant("polled_at", nullable=True),
    text("decision", nullable=True),
    Column("browser_session", Uuid),
    instant("used_at", nullable=True),
    Column("given", Uuid),
)
"""`digest` is that of the device's code, `user_digest` that of what a person types. `browser_session` is that in which
the person decided, `given` the session that the code was exchanged for."""
