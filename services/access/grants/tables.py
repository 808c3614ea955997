"""Grants of roles to accounts and clients."""

from sqlalchemy import Text, Uuid, column
from sqlalchemy import table as sql_table

from services.access.grants.record import Grant
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

grant = table_of(Grant, "access_grant")
machine = sql_table(
    "access_client",
    column("id", Uuid),
    *(column(name, Text) for name in ("country", "scope_kind", "scope_id")),
    schema=SCHEMA,
)
"""The columns of a client that define its scope."""
