"""Writing grants: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.access.access import (
    MACHINE_ROLE,
    NEVER_DELEGATED,
    ROLE_SCOPES,
    WantedGrant,
    why_not_grant,
    why_not_revoke,
)
from services.access.authority.grants import domain, queries
from services.access.authority.grants.asking import asked_for, asks_for_oneself, institution_of, is_verified
from services.access.authority.grants.authority import require_granting, wanted_by
from services.access.authority.grants.delegation import (
    check_delegation,
    is_holder,
    last_day,
    successor,
    why_not_successor,
)
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from shared.auth.demonstration import acts_alone
from shared.auth.second_person import credentials_set_by_the_other, second_person_fault
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import with_columns

GRANTS: ResourceType[Grant, domain.GrantGuardContext] = ResourceType.of(Grant, grant, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Grant) -> Grant:
    """Grants a role. The grant starts as proposed if the role needs a second person, and if a person asks for it.

    Raises Invalid for a scope that does not fit the role or does not exist, Forbidden beyond the caller's own scope.
    """
    principal = access.principal
    check(new.role, new.principal_kind, new.scope_kind, new.scope_id)
    if asks_for_oneself(principal, new):
        return await GRANTS.insert(uow, await asked_for(uow, principal, new))
    if new.letter is not None:
        raise invalid_field("/letter", "unknown_field", "Only who asks to represent an institution gives a letter.")
    place = await institution_of(uow.connection, new)
    wanted = wanted_by(with_columns(new, {"country": place and place["country"]}))
    if new.delegated_from is not None:
        await check_delegation(uow, principal, new, new.delegated_from)
    else:
        require_granting(why_not_grant(principal, wanted, "create"))
    if not await queries.is_nameable(uow.connection, principal, new.principal_kind, new.principal_id):
        raise unknown_reference("/principal/id", "account or client in use")
    if new.second_person is not None:
        if new.second_person in (principal.id, new.principal_id):
            detail = "Another account than the two concerned."
            raise invalid_field("/second_person", "second_person_is_the_first", detail)
        if not await queries.is_active(uow.connection, "account", new.second_person):
            raise unknown_reference("/second_person", "account in use")
    status = "proposed" if wanted.needs_second_person else "active"
    return await GRANTS.insert(uow, replace(new, status=status, country=wanted.country, visibility="restricted"))


async def insert(
    uow: UnitOfWork,
    wanted: WantedGrant,
    *,
    confirmed: bool = True,
    starts: date | None = None,
    ends: date | None = None,
    reason: str | None = None,
    caused_by: str | None = None,
    predecessor: Grant | None = None,
) -> Grant:
    """Inserts a grant without a permission check, for the system itself. It starts today by default."""
    new = replace(
        GRANTS.new({}),
        status="active" if confirmed else "proposed",
        country=wanted.country,
        visibility="restricted",
        principal_kind=wanted.holder_kind,
        principal_id=wanted.holder_id,
        role=wanted.role,
        scope_kind=wanted.scope_kind,
        scope_id=wanted.scope_id,
        starts=first_day(starts),
        ends=ends,
        reason=reason,
        caused_by=caused_by,
        predecessor_id=predecessor.id if predecessor else None,
        place=wanted.invited_in or wanted.delegated_in,
    )
    return await GRANTS.insert(uow, new)


async def transition(uow: UnitOfWork, access: AccessScope, before: Grant, requested: TransitionRequest) -> Grant:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Invalid for invalid `fields`."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    may = permitted(access, before)
    if requested.action == "hand_over":
        return await _hand_over(uow, access.principal, before, requested, guard_context, may)
    person, _ = domain.second_person(access.principal, before, _named(requested.fields))
    confirmed = replace(before, second_person=person)

    def effects(target: str) -> Grant:
        return confirmed if target == "active" else before

    after = await GRANTS.apply_transition(uow, before, requested, guard_context, may, effects)
    if after.status == "revoked":
        await end_delegated(uow, after.id)
    return after


async def _hand_over(
    uow: UnitOfWork,
    principal: Principal,
    before: Grant,
    requested: TransitionRequest,
    guard_context: domain.GrantGuardContext,
    may: Callable[[str], bool],
) -> Grant:
    """The predecessor's grant with its last day; the successor's starts today and ends on the original last day."""
    GRANTS.lifecycle.advance(
        before.status, requested.action, guard_context, may, reason=requested.reason, fields=requested.fields
    )
    ending = replace(before, ends=last_day(before, requested.fields))
    following = await successor(uow, before, requested.fields)
    require_granting(await why_not_successor(uow, principal, before, following))
    after = await GRANTS.apply_transition(uow, before, requested, guard_context, may, lambda _target: ending)
    reason = f"handed over from {before.ref}"
    await insert(uow, following, ends=before.ends, reason=reason, predecessor=before)
    return after


async def revoke(uow: UnitOfWork, before: Grant, reason: str) -> None:
    """Revokes a locked grant without a permission check, for the system itself."""
    await GRANTS.write(uow, "revoke", before, replace(before, status="revoked"), fact="revoked", reason=reason)


async def revoke_all(uow: UnitOfWork, account: UUID, reason: str) -> None:
    """Revokes the grants of an account that have not ended, and those delegated from them."""
    for before in await queries.living(uow.connection, account):
        await revoke(uow, before, reason)
        await end_delegated(uow, before.id)


async def end_delegated(uow: UnitOfWork, source: UUID) -> None:
    """Ends the grants that were delegated from an ended grant."""
    for before in await queries.delegated(uow.connection, source):
        await revoke(uow, before, "the grant that it was delegated from is over")


async def load_guard_context(
    connect: Connect, principal: Principal, record: Grant, fields: Fields
) -> domain.GrantGuardContext:
    """Loads the inputs of the guards for this caller and this grant."""
    wanted = wanted_by(record)
    wanted = replace(wanted, invited_in=record.place or wanted.invited_in)
    is_asked = record.status == "proposed" and record.proof is not None
    person, fault = domain.second_person(principal, record, _named(fields))
    if not wanted.needs_second_person:
        fault = None
    elif fault is None and person is not None and record.status == "proposed":
        async with connect() as connection:
            fault = await why_not_confirm(connection, principal, record.created_by, person)
    revoking = None if is_asked and wanted.is_for(principal) else why_not_revoke(principal, wanted)
    if revoking and record.delegated_from is not None and principal.kind is PrincipalKind.ACCOUNT:
        async with connect() as connection:
            is_source = await queries.holder(connection, record.delegated_from) == principal.id
        revoking = None if is_source else revoking
    is_verified_scope = True
    if is_asked:
        async with connect() as connection:
            is_verified_scope = await is_verified(connection, record)
    return domain.GrantGuardContext(
        confirming=why_not_grant(principal, wanted, "confirm"),
        is_verified_scope=is_verified_scope,
        revoking=revoking,
        second_person=fault,
        handing_over=_why_not_hand_over(principal, record),
    )


async def why_not_confirm(
    connection: Connection, principal: Principal, created_by: str, person: UUID
) -> domain.PersonFault | None:
    """Why this account does not count as a second person for what somebody proposed; a client acts only for its own
    account."""
    if principal.kind is not PrincipalKind.ACCOUNT:
        if not await acts_alone(connection, principal):
            return "second_person_is_a_client"
        return await second_person_fault(connection, principal, person)
    kind, _, proposer = created_by.partition(":")
    is_somebody = kind in (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT)
    is_set = is_somebody and await credentials_set_by_the_other(connection, (UUID(proposer),), person)
    return "credentials_set_recently" if is_set else None


def _why_not_hand_over(principal: Principal, record: Grant) -> domain.HandOverFault | None:
    if record.role in NEVER_DELEGATED:
        return "role_not_delegated"
    if record.delegated_from is not None:
        return "not_further"
    if domain.follows_an_office(record):
        return "follows_an_office"
    if is_holder(principal, record):
        return None
    return why_not_grant(principal, wanted_by(record), "hand_over")


async def expire_grants(uow: UnitOfWork) -> None:
    """Ends the grants whose last day has passed; they have no effect after it."""
    while grants := await queries.over(uow.connection, today()):
        for before in grants:
            await GRANTS.apply_scheduled(uow, before, "expire")
            await end_delegated(uow, before.id)


def first_day(given: date | None) -> date:
    """The first day of a grant; today by default."""
    return given or today()


def _named(fields: Fields) -> UUID | None:
    raw = fields.get("second_person")
    try:
        return None if raw is None else UUID(str(raw))
    except ValueError:
        raise invalid_field("/fields/second_person", "invalid_value", "The id of an account.") from None


def check(role: str, principal_kind: str, scope_kind: str, scope_id: str | None) -> None:
    """Raises Invalid for a scope that does not fit the role or does not exist, and for a role of the other kind of
    principals."""
    _check_scope(role, scope_kind, scope_id)
    if role == MACHINE_ROLE and principal_kind != "client":
        raise invalid_field("/role", "role_not_for_people", f"Only clients can have {MACHINE_ROLE}.")


def _check_scope(role: str, kind: str, scope: str | None) -> None:
    if kind not in ROLE_SCOPES[role]:
        allowed = " or ".join(sorted(ROLE_SCOPES[role]))
        raise invalid_field("/scope_kind", "scope_not_of_this_role", f"This role allows the scopes: {allowed}.")
    if kind == "global":
        if scope is not None:
            raise invalid_field("/scope_id", "scope_not_known", "A global scope has no id.")
    elif not _is_known(kind, scope or ""):
        raise invalid_field("/scope_id", "scope_not_known", "There is no such scope.")


def _is_known(kind: str, scope: str) -> bool:
    if kind == "country":
        return scope in COUNTRIES
    if kind == "region":
        return bool(in_region(scope))
    try:
        return str(UUID(scope)) == scope
    except ValueError:
        return False
