"""Writing API clients: one function per verb. Each writes its rows, one audit entry and one fact."""

from dataclasses import replace

from services.access.access import MACHINE_ROLE, WantedGrant, why_not_grant
from services.access.accounts.credentials import note_change
from services.access.clients import domain
from services.access.clients.record import Client
from services.access.clients.tables import client
from services.access.grants import operations as grants
from services.access.grants.authority import require_authority, require_granting, roles_of_two
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, SecondPersonNeeded
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require
from shared.records.rows import differing, with_columns

CLIENTS: ResourceType[Client, domain.ClientGuardContext] = ResourceType.of(Client, client, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Client) -> tuple[Client, str | None]:
    """Inserts a client with the role api_client over its scope. Returns it with its secret, or without one if it has
    its own keys.

    Further roles are granted separately. Raises Invalid for an unknown scope, Forbidden beyond the caller's own scope.
    """
    machine = WantedGrant(MACHINE_ROLE, new.scope_kind, new.scope_id, "client", new.id)
    require(access, "create", machine.country)
    _check_scope(new.scope_kind, new.scope_id)
    require_granting(why_not_grant(access.principal, machine, "create"))
    secret = None if new.jwks else domain.new_secret()
    client = await insert(uow, new, domain.new_client_id(), secret)
    await grants.insert(uow, machine)
    await note_change(uow, "client", client.id, "secret")
    return client, secret


async def insert(uow: UnitOfWork, new: Client, client_id: str, secret: str | None) -> Client:
    """Inserts a client without a permission check and without a role, for the system itself."""
    client = replace(
        new,
        status="active",
        country=new.scope_id if new.scope_kind == "country" else None,
        visibility="restricted",
        client_id=client_id,
        search_key=search_key(new.name, client_id),
        secrets=[domain.digest(secret)] if secret else [],
    )
    return await CLIENTS.insert(uow, client)


async def update(uow: UnitOfWork, access: AccessScope, before: Client, wanted: Client) -> Client:
    """Updates the client; without a difference, nothing is written and the version does not change.

    Raises Forbidden for other keys or networks if the caller has no authority over all that the client holds,
    SecondPersonNeeded for wider ones of a client with a role of two.
    """
    changed = differing(before, wanted)
    if changed.keys() & set(domain.CREDENTIALS):
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)
        if domain.widens(before, wanted) and await roles_of_two(uow.connection, PrincipalKind.CLIENT, before.id):
            raise SecondPersonNeeded(domain.CHANGE_CREDENTIALS, changed)
        await note_change(uow, "client", before.id, "secret")
    return await CLIENTS.update(uow, before, _derived(wanted))


def _derived(wanted: Client) -> Client:
    return replace(wanted, search_key=search_key(wanted.name, wanted.client_id))


async def add_secret(uow: UnitOfWork, access: AccessScope, before: Client) -> tuple[Client, str]:
    """Adds a secret. The previous one remains valid until the next is added; an older one ends now. For a client with a
    role of two the new one is `proposed_secret`, which is not valid until `confirm_secret`.

    Raises Forbidden if the caller has no authority over all that the client holds.
    """
    await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)
    secret = domain.new_secret()
    wanted, action = _with_secret(before, domain.digest(secret)), "add_secret"
    if await roles_of_two(uow.connection, PrincipalKind.CLIENT, before.id):
        wanted, action = replace(before, proposed_secret=domain.digest(secret)), "propose_secret"
    after = await CLIENTS.write(uow, action, before, wanted, fact="updated")
    await note_change(uow, "client", before.id, "secret")
    return after, secret


def _with_secret(before: Client, digest: bytes) -> Client:
    return replace(before, secrets=domain.with_secret(before.secrets, digest), proposed_secret=None)


async def transition(uow: UnitOfWork, access: AccessScope, before: Client, requested: TransitionRequest) -> Client:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Forbidden for a transition that gives the
    client credentials if the caller has no authority over all that it holds."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    wanted: Client | None = None
    if requested.action == domain.CHANGE_CREDENTIALS:
        given = {name: requested.fields[name] for name in domain.WRITABLE if name in requested.fields}
        wanted = _derived(with_columns(before, given))
    elif requested.action == domain.CONFIRM_SECRET and before.proposed_secret:
        wanted = _with_secret(before, before.proposed_secret)
    if wanted is not None:
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)
    after = await CLIENTS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), lambda _target: wanted or before
    )
    for actor in filter(None, (access.principal, requested.proposed_by) if wanted is not None else ()):
        await note_change(uow, "client", before.id, "secret", by=actor)
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Client, _fields: Fields
) -> domain.ClientGuardContext:
    """Loads the inputs of the guards."""
    async with connect() as connection:
        is_of_two = bool(await roles_of_two(connection, PrincipalKind.CLIENT, record.id))
    return domain.ClientGuardContext(is_of_two, bool(record.proposed_secret))


def _check_scope(kind: str, scope: str | None) -> None:
    if kind == "global":
        known = scope is None
    else:
        known = scope in COUNTRIES if kind == "country" else bool(in_region(scope or ""))
    if not known:
        raise invalid_field("/scope_id", "scope_not_known", "There is no such scope.")
