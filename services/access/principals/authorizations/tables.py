"""Consents."""

from services.access.principals.authorizations.record import Authorization
from shared.records.columns import table_of

authorization = table_of(Authorization, "access_authorization")
