"""Dated copies of datasets."""

from sqlalchemy import BigInteger, Column, Date

from shared.database.tables import instant, table, text

dataset_copy = table(
    "core_dataset_copy",
    Column("service", text("service").type, primary_key=True),
    Column("name", text("name").type, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("file_format", text("file_format").type, primary_key=True),
    text("sha256"),
    Column("size", BigInteger, nullable=False),
    instant("made_at"),
)
"""One row for each file of a copy. The copies of a day are inserted together and never change. `sha256` is the digest
of the file in the store."""
