"""Grants of roles to accounts and clients."""

from services.access.grants.record import Grant
from shared.records.columns import table_of

grant = table_of(Grant, "access_grant")
