"""API keys, and when something was last used."""

from sqlalchemy import Column, Text, Uuid

from services.access.api_keys.record import ApiKey
from shared.database.tables import instant, table
from shared.records.columns import table_of

api_key = table_of(ApiKey, "access_api_key")

last_use = table(
    "access_last_use",
    Column("kind", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    instant("used_at"),
)
"""To the hour; written by every process some seconds after the use."""
