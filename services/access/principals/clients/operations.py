"""Writing API clients: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.access.access import CLIENT_CONTACT, MACHINE_ROLE, ROLES, WantedGrant, why_not_grant
from services.access.authority.grants import operations as grants
from services.access.authority.grants.authority import (
    require_authority,
    require_granting,
    require_official,
    roles_of_two,
)
from services.access.made_by_country import entering
from services.access.principals.accounts.credentials import note_change
from services.access.principals.clients import domain, queries
from services.access.principals.clients.record import Client
from services.access.principals.clients.tables import client
from services.access.principals.sessions import operations as sessions
from shared.auth.second_person import named_in
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import Conflict, Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, SecondPersonNeeded
from shared.kernel.principal import READ, Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing, with_columns

CLIENTS: ResourceType[Client, domain.ClientGuardContext] = ResourceType.of(Client, client, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Client) -> tuple[Client, str | None]:
    """Inserts a client with the role api_client over its scope. Returns it with its secret, or without one if it has
    its own keys. The client that a focal point makes is proposed, and has no role until the secretariat confirms it.

    Further roles are granted separately. Raises Invalid for an unknown scope, Forbidden beyond the caller's own scope,
    Conflict if the focal points of the country made 50 clients.
    """
    machine = WantedGrant(MACHINE_ROLE, new.scope_kind, new.scope_id, "client", new.id)
    require(access, "create", machine.country)
    _check_scope(new.scope_kind, new.scope_id)
    await _check_contacts(uow, access.principal, new.contacts)
    is_made_by_country = not access.may("create", None)
    if is_made_by_country:
        await require_official(uow, access, "create", machine.country, new.id)
        if await queries.MADE.count(uow.connection, machine.country) >= domain.MOST_MADE:
            detail = f"The focal points of a country propose at most {domain.MOST_MADE} clients."
            raise Conflict(detail, members={"reason": "too_many_clients"})
    else:
        require_granting(why_not_grant(access.principal, machine, "create"))
    secret = None if new.jwks or new.public else domain.new_secret()
    client = await insert(uow, new, domain.new_client_id(), secret, made_by_country=is_made_by_country)
    if not is_made_by_country:
        await grants.insert(uow, machine)
    await note_change(uow, "client", client.id, "secret")
    return client, secret


async def insert(
    uow: UnitOfWork,
    new: Client,
    client_id: str,
    secret: str | None,
    *,
    made_by_country: bool = False,
    first_party: bool = False,
) -> Client:
    """Inserts a client without a permission check and without a role, for the system itself."""
    client = replace(
        new,
        status="proposed" if made_by_country else "active",
        made_by_country=made_by_country,
        country=new.scope_id if new.scope_kind == "country" else None,
        visibility="restricted",
        client_id=client_id,
        grants=[domain.AUTHORIZATION_CODE] if new.public else new.grants,
        secrets=[domain.digest(secret)] if secret else [],
        secret_ends=[_secret_end()] if secret else [],
        first_party=first_party,
    )
    return await CLIENTS.insert(uow, client)


async def update(uow: UnitOfWork, access: AccessScope, before: Client, wanted: Client) -> Client:
    """Updates the client; without a difference, nothing is written and the version does not change.

    Raises Forbidden for other keys or networks if the caller has no authority over all that the client holds, and for
    what its contacts do not change, SecondPersonNeeded for wider ones of a client with a role of two.
    """
    changed = differing(before, wanted)
    is_by_contact = _is_by_contact(access, before)
    if is_by_contact:
        _require_of_contacts(changed)
    await _check_contacts(uow, access.principal, [one for one in wanted.contacts if one not in before.contacts])
    if changed.keys() & set(domain.CREDENTIALS):
        if not is_by_contact:
            await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)
        if domain.widens(before, wanted) and await _is_of_two(uow.connection, before):
            raise SecondPersonNeeded(domain.CHANGE_CREDENTIALS, changed)
        await note_change(uow, "client", before.id, "secret")
    return await CLIENTS.update(uow, before, wanted)


def _is_by_contact(access: AccessScope, before: Client) -> bool:
    """Whether the caller may change the client as its contact alone."""
    return access.principal.account_id in before.contacts and not access.may("update", before.country)


def is_contact(row: Row, account: UUID, verb: str) -> bool:
    """Whether the account proposes this as a contact of the client."""
    return account in row["contacts"] and (CLIENTS.resource.plural, verb) in ROLES[CLIENT_CONTACT]


def _require_of_contacts(changed: Collection[str]) -> None:
    if set(changed) - domain.OF_CONTACTS:
        detail = "A contact changes keys, secrets and addresses; ask the secretariat for anything else."
        raise Forbidden(detail, members={"reason": "not_of_contacts"})


async def add_secret(
    uow: UnitOfWork, access: AccessScope, before: Client, *, gives_secrets: bool = True
) -> tuple[Client, str]:
    """Adds a secret, which is valid for a year. The previous one remains valid until its own end, or until the next is
    added; an older one ends now. For a client with a role of two the new one is `proposed_secret`, which is not valid
    until `confirm_secret`.

    Raises Forbidden if the caller is no contact and has no authority over all that the client holds, Conflict for a
    public client, and for one that signs unless it `gives_secrets`.
    """
    if not _is_by_contact(access, before):
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)
    if before.public:
        raise Conflict("A public client keeps no secret.", members={"reason": "client_is_public"})
    if not (gives_secrets or before.secrets):
        raise Conflict("Clients of this installation sign.", members={"reason": "client_signs"})
    secret = domain.new_secret()
    wanted, action = _with_secret(before, domain.digest(secret)), "add_secret"
    if await _is_of_two(uow.connection, before):
        wanted, action = replace(before, proposed_secret=domain.digest(secret)), "propose_secret"
    after = await CLIENTS.write(uow, action, before, wanted, fact="updated")
    await note_change(uow, "client", before.id, "secret")
    return after, secret


def _with_secret(before: Client, digest: bytes) -> Client:
    return replace(domain.with_secret(before, digest, _secret_end()), proposed_secret=None)


def _secret_end() -> datetime:
    return now() + timedelta(days=domain.SECRET_DAYS)


async def remove_oldest_secret(uow: UnitOfWork, before: Client) -> Client:
    """The client with its newest secret alone. Raises Conflict if it has no other."""
    if len(before.secrets) < domain.LIVING_SECRETS:
        detail = "The client has no older secret; revoke the client, or give it another secret first."
        raise Conflict(detail, members={"reason": "last_secret"})
    wanted = replace(before, secrets=before.secrets[:1], secret_ends=before.secret_ends[:1])
    after = await CLIENTS.write(uow, "remove_secret", before, wanted, fact="updated")
    await note_change(uow, "client", before.id, "secret")
    return after


async def remind_of_secrets(uow: UnitOfWork) -> None:
    """Announces 30, 7 and 1 days before that a secret of a client ends: once each."""
    for key in await queries.take_reminders(uow.connection, now()):
        client = await CLIENTS.lock(uow, key)
        CLIENTS.record_change(uow, "remind", client, client, "secret_expiry_due")


async def transition(uow: UnitOfWork, access: AccessScope, before: Client, requested: TransitionRequest) -> Client:
    """Applies one transition. A confirmed client gets the role api_client. Raises what `Lifecycle.advance` raises, and
    Forbidden for a transition that gives the client credentials if the caller has no authority over all that it
    holds."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    is_by_secretariat = access.may(requested.action, None)
    wanted = _with_access(before, requested)
    if wanted is not None and requested.proposed_by is None and _is_by_contact(access, before):
        _require_of_contacts(requested.fields.keys() - {"second_person"})
    elif wanted is not None:
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.id)

    def effects(target: str) -> Client:
        if target == before.status:
            return wanted or before
        return entering(before, target, is_by_secretariat=is_by_secretariat)

    after = await CLIENTS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)
    if after.status != "active":
        await sessions.end_all_of_client(uow, after.id, reason=f"client {after.status}")
    if requested.action == domain.CONFIRM:
        await grants.insert(uow, WantedGrant(MACHINE_ROLE, after.scope_kind, after.scope_id, "client", after.id))
    if requested.action == "reinstate" and not is_by_secretariat:
        await require_official(uow, access, "reinstate", before.country, before.id)
    for actor in filter(None, (access.principal, requested.proposed_by) if wanted is not None else ()):
        await note_change(uow, "client", before.id, "secret", by=actor)
    return after


def _with_access(before: Client, requested: TransitionRequest) -> Client | None:
    """The client after a transition that decides who can act as it, or for people; None for another transition."""
    if requested.action == domain.CHANGE_CREDENTIALS:
        given = {name: requested.fields[name] for name in domain.WRITABLE if name in requested.fields}
        return with_columns(before, given)
    if requested.action == domain.CONFIRM_SECRET and before.proposed_secret:
        return _with_secret(before, before.proposed_secret)
    if requested.action == domain.MARK_FIRST_PARTY:
        return replace(before, first_party=True)
    return before if requested.action == domain.CONFIRM and before.status == "proposed" else None


async def _is_of_two(connection: Connection, record: Client) -> bool:
    return record.first_party or bool(await roles_of_two(connection, PrincipalKind.CLIENT, record.id))


async def load_guard_context(
    connect: Connect, principal: Principal, record: Client, fields: Fields
) -> domain.ClientGuardContext:
    """Loads the inputs of the guards for this caller and this client."""
    everywhere = principal.permission_scope(ROLES, CLIENTS.resource.name, "revoke").everywhere
    ending: domain.CountryFault | None = None
    if not (everywhere or record.made_by_country):
        ending = "not_made_by_the_country"
    is_kept = record.suspended_by == "secretariat" and not everywhere
    async with connect() as connection:
        is_of_two = await _is_of_two(connection, record)
        confirming = await _why_not_confirm(connection, principal, record, fields)
    return domain.ClientGuardContext(
        is_of_two,
        record.first_party,
        bool(record.proposed_secret),
        confirming,
        ending,
        reinstating=ending or ("suspended_by_the_secretariat" if is_kept else None),
    )


async def _why_not_confirm(
    connection: Connection, principal: Principal, record: Client, fields: Fields
) -> domain.ConfirmingFault | None:
    person = principal.account_id or named_in(fields)
    if record.status != "proposed":
        return None
    if person is None:
        return "second_person_missing"
    if f"account:{person}" == record.created_by:
        return "second_person_is_the_first"
    return await grants.why_not_confirm(connection, principal, record.created_by, person)


async def _check_contacts(uow: UnitOfWork, principal: Principal, contacts: Sequence[UUID]) -> None:
    """Raises Invalid for a contact that is no account in use, and for one that the caller may not read: nobody is
    mailed in the name of a program that they do not know."""
    reach = principal.permission_scope(ROLES, "access.accounts", READ)
    countries = await queries.countries_of_accounts(uow.connection, contacts)
    for number, one in enumerate(contacts):
        is_known = one in countries and (one == principal.account_id or reach.covers(countries[one]))
        if not is_known:
            raise unknown_reference(f"/contacts/{number}", "account in use")


def _check_scope(kind: str, scope: str | None) -> None:
    if kind == "global":
        known = scope is None
    else:
        known = scope in COUNTRIES if kind == "country" else bool(in_region(scope or ""))
    if not known:
        raise invalid_field("/scope_id", "scope_not_known", "There is no such scope.")
