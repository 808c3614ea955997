"""API keys."""

from services.access.principals.api_keys.record import ApiKey
from shared.records.columns import table_of

api_key = table_of(ApiKey, "access_api_key")
