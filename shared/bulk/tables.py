"""The tables of imports and exports. Rows, fences, identities and effects are named in the statements that use them."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Text, Uuid, false
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, instant, table, text
from shared.records.columns import record_table

core_import = record_table(
    "core_import",
    text("service"),
    text("resource"),
    Column("job", Uuid, nullable=False),
    text("mode"),
    text("on_error"),
    Column("registry", Boolean, nullable=False),
    text("source", nullable=True),
    text("licence", nullable=True),
    text("file_name"),
    text("file_digest"),
    Column("file_size", BigInteger, nullable=False),
    text("media"),
    document("columns"),
    Column("ignored_columns", ARRAY(Text), nullable=False),
    Column("row_count", Integer, nullable=True),
    document("counts", nullable=True),
    document("taken_back", nullable=True),
    Column("is_file_removed", Boolean, nullable=False, server_default=false()),
)
"""`columns` maps the file's columns to fields; unknown columns are in `ignored_columns`. `is_file_removed`: the file
was deleted before its time, since it named an erased person."""

core_export = table(
    "core_export",
    Column("id", Uuid, primary_key=True),
    text("service"),
    text("resource"),
    text("format"),
    document("filters"),
    Column("fields", ARRAY(Text), nullable=False),
    Column("safe", Boolean, nullable=False),
    Column("job", Uuid, nullable=False),
    text("created_by"),
    instant("created_at"),
    Column("row_count", Integer, nullable=True),
    text("file_digest", nullable=True),
    Column("file_size", BigInteger, nullable=True),
)
"""One download. The file holds what its creator could see when it was created."""
