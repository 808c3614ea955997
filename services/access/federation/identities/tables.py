"""Identities."""

from services.access.federation.identities.record import Identity
from shared.records.columns import table_of

identity = table_of(Identity, "access_identity")
