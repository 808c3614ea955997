"""Grants of roles to accounts and clients."""

from sqlalchemy import Boolean, Text, Uuid, column
from sqlalchemy import table as sql_table

from services.access.authority.grants.record import Grant
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

grant = table_of(Grant, "access_grant")
person = sql_table(
    "access_account",
    column("id", Uuid),
    *(column(name, Text) for name in ("country", "status", "email_key")),
    column("email_verified", Boolean),
    schema=SCHEMA,
)
"""The columns of an account that say whether it is invited, and where to, and whose address it has."""
machine = sql_table(
    "access_client",
    column("id", Uuid),
    *(column(name, Text) for name in ("country", "scope_kind", "scope_id")),
    schema=SCHEMA,
)
"""The columns of a client that define its scope."""
