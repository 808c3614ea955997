"""Outgoing mail."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text

core_mail = table(
    "core_mail",
    Column("id", Uuid, primary_key=True),
    text("service"),
    text("template"),
    Column("sealed", LargeBinary, nullable=True),
    instant("created_at"),
    instant("sent_at", nullable=True),
)
"""One row a mail; its Message-ID is made from `id`. `sealed` is empty after sending, or after seven days."""
