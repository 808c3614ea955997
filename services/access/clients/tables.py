"""API clients."""

from sqlalchemy import Boolean, Column, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, text
from shared.records.columns import record_table

client = record_table(
    "access_client",
    text("client_id"),
    text("name"),
    text("search_key"),
    Column("secrets", ARRAY(LargeBinary), nullable=False),
    Column("proposed_secret", LargeBinary, nullable=True),
    document("jwks", nullable=True),
    text("scope_kind"),
    text("scope_id", nullable=True),
    Column("resources", ARRAY(Text), nullable=False),
    Column("verbs", ARRAY(Text), nullable=False),
    Column("ip_allow", ARRAY(Text), nullable=False),
    Column("sandbox", Boolean, nullable=False),
)
"""`country` is that of the scope, where it is one country. `secrets` are SHA-256 digests of at most two living secrets,
the newest first; `proposed_secret` is that of one which waits for a second person."""
