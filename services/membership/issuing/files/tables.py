"""The printed files of certificates."""

from sqlalchemy import Column, Integer, Uuid

from shared.database.tables import instant, table, text

certificate_file = table(
    "member_certificate_file",
    Column("certificate_id", Uuid, primary_key=True),
    text("language"),
    text("sha256"),
    Column("size", Integer, nullable=False),
    instant("printed_at"),
)
"""One row for each language of a certificate; `sha256` is the digest of the file, by which it is stored."""
