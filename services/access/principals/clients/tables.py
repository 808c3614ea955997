"""API clients."""

from services.access.principals.clients.record import Client
from shared.records.columns import table_of

client = table_of(Client, "access_client")
