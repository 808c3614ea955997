"""Writing identity providers. Each function writes its row, one audit entry and one fact."""

from dataclasses import replace

from services.access.federation.providers import domain, queries
from services.access.federation.providers.record import IdentityProvider
from services.access.federation.providers.tables import identity_provider
from services.access.federation.remote.domain import SECRET, Unusable
from services.access.federation.remote.providers import RemoteProviders
from services.access.principals.sessions import operations as sessions
from shared.configuration.sealing import Sealer
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, invalid_field
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

PROVIDERS: ResourceType[IdentityProvider, None] = ResourceType.of(IdentityProvider, identity_provider, domain.LIFECYCLE)
REMOTE, SEAL = "remote providers", "seal of providers"
"""In the scratch of a unit of work: the `RemoteProviders` and the `Sealer` of the installation."""


def sealer(secret: bytes) -> Sealer:
    """Seals the secrets of providers, each under the id of its provider."""
    return Sealer(secret, "escm secrets at identity providers")


async def create(uow: UnitOfWork, access: AccessScope, new: IdentityProvider) -> IdentityProvider:
    """Inserts a provider, which nobody signs in at until it was tested and a second person activated it.

    Raises Forbidden, Invalid for an issuer that is not opened or a missing secret, Conflict for the 51st.
    """
    require(access, "create", None)
    if await queries.living(uow.connection) >= domain.MOST_LIVING:
        raise Conflict(f"There are at most {domain.MOST_LIVING} providers.", members={"reason": "too_many_providers"})
    placed = replace(new, status="draft", visibility="restricted")
    return await PROVIDERS.insert(uow, _sealed(uow, placed, new.sealed))


async def update(
    uow: UnitOfWork, _access: AccessScope, before: IdentityProvider, wanted: IdentityProvider
) -> IdentityProvider:
    """Changes a provider. After any change but of titles and countries, it needs a test and a second person again.

    Raises Conflict for such a change of an active one, and for any of a retired one.
    """
    if before.status == "retired":
        raise Conflict("The provider is retired.", members={"reason": "not_in_this_state"})
    secret = wanted.sealed if wanted.sealed != before.sealed else None
    wanted = _sealed(uow, wanted, secret)
    if differing(before, wanted).keys() - domain.SHOWN:
        if before.status == "active":
            detail = "Suspend the provider first: with this change it needs a test and a second person again."
            raise Conflict(detail, members={"reason": "suspend_first"})
        wanted = replace(wanted, status="draft")
    return await PROVIDERS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: IdentityProvider, requested: TransitionRequest
) -> IdentityProvider:
    """Applies one transition. A provider that is not active any more has no sessions.

    Raises what `Lifecycle.advance` raises, Conflict for a provider that cannot be used, and Unavailable.
    """
    after = await PROVIDERS.apply_transition(uow, before, requested, None, permitted(access, before))
    if requested.action == domain.TEST:
        await _test(uow, before)
    if before.status == "active" and after.status != "active":
        await sessions.end_all_of_provider(uow, after.id, reason=f"provider {after.status}")
    return after


async def _test(uow: UnitOfWork, provider: IdentityProvider) -> None:
    remote: RemoteProviders = uow.scratch[REMOTE]
    try:
        await remote.test(provider.issuer, provider.auth)
    except Unusable as error:
        members = {"current_state": provider.status, "reason": "provider_not_usable", "allowed_actions": []}
        raise Conflict(str(error), code="transition_not_allowed", members=members) from None


def _sealed(uow: UnitOfWork, wanted: IdentityProvider, secret: bytes | None) -> IdentityProvider:
    """The provider with its secret encrypted, if it has a new one. Raises Invalid."""
    remote: RemoteProviders = uow.scratch[REMOTE]
    if not remote.is_usable(wanted.issuer):
        detail = "An https address of a public host, at an allowed port."
        raise Invalid(detail, code="unusable_url", errors=[FieldError("unusable_url", detail, pointer="/issuer")])
    if wanted.auth != SECRET:
        return replace(wanted, sealed=None)
    if secret is not None:
        seal: Sealer = uow.scratch[SEAL]
        return replace(wanted, sealed=seal.seal(secret, str(wanted.id)))
    if wanted.sealed is None:
        raise invalid_field("/secret", "required", "With `auth` `secret` a provider has a secret.")
    return wanted
