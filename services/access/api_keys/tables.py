"""API keys, and when something was last used."""

from sqlalchemy import Column, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import instant, table, text
from shared.records.columns import record_table

api_key = record_table(
    "access_api_key",
    text("name"),
    text("hint"),
    Column("digest", LargeBinary, nullable=False),
    text("owner_kind"),
    Column("owner_id", Uuid, nullable=False),
    Column("resources", ARRAY(Text), nullable=False),
    Column("verbs", ARRAY(Text), nullable=False),
    Column("countries", ARRAY(Text), nullable=True),
    instant("expires_at"),
)
"""`digest` is the SHA-256 of the key, `hint` its beginning. `countries` is null where the key reaches as far as its
owner."""

last_use = table(
    "access_last_use",
    Column("kind", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    instant("used_at"),
)
"""To the hour; written by every process some seconds after the use."""
