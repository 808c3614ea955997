"""Signing keys of tokens."""

from services.access.principals.signing_keys.record import SigningKey
from shared.records.columns import table_of

signing_key = table_of(SigningKey, "access_signing_key")
