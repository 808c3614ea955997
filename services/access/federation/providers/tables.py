"""Identity providers."""

from services.access.federation.providers.record import IdentityProvider
from shared.records.columns import table_of

identity_provider = table_of(IdentityProvider, "access_identity_provider")
