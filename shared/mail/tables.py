"""Mail on its way out."""

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
"""One row a mail; its Message-ID follows from `id`. `sealed` is empty once it was sent, or after seven days."""
