"""Identity providers over HTTP."""

from services.access.access import ROLES
from services.access.federation.providers import operations
from services.access.federation.providers.guards import with_remote_providers
from services.access.federation.providers.queries import LISTING
from services.access.federation.providers.schemas import (
    IdentityProvider,
    IdentityProviderBody,
    IdentityProviderCreate,
    IdentityProviderFields,
    present,
)
from services.access.federation.providers.tables import identity_provider
from shared.kernel.step_up import STRONG
from shared.web.contract.values import written
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("access_identity_provider_code_key", "/code", "Another provider has this code.")
register_constraint("access_identity_provider_issuer_idx", "/issuer", "Another provider has this issuer.")
_WRITTEN = tuple(name for name in IdentityProviderBody.model_fields if name != "secret")

router = record_routes(
    RecordApi(
        kind=operations.PROVIDERS,
        roles=ROLES,
        listing=LISTING,
        response_model=IdentityProvider,
        present=present,
        bodies=Bodies(
            IdentityProviderBody,
            creation=IdentityProviderCreate,
            columns=IdentityProviderBody.columns,
            written=written(identity_provider, _WRITTEN),
            step_up=STRONG,
        ),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, fields=IdentityProviderFields),
        dependency=with_remote_providers,
    )
)
