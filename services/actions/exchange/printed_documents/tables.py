"""Public documents that were printed or ordered."""

from sqlalchemy import Boolean, Column, Integer

from shared.database.tables import instant, table, text

printed_document = table(
    "action_printed_document",
    Column("kind", text("kind").type, primary_key=True),
    Column("subject", text("subject").type, primary_key=True),
    Column("language", text("language").type, primary_key=True),
    text("state"),
    instant("ordered_at"),
    text("sha256", nullable=True),
    Column("size", Integer),
    Column("is_printable", Boolean, nullable=False),
)
"""One row for each language of a document. `state` is the digest of what it says; `sha256` that of the file."""
