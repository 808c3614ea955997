"""Writing grants: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.access.access import NEVER_DELEGATED, ROLE_SCOPES, why_not_grant, why_not_revoke
from services.access.authority import require_granting, wanted_by
from services.access.grants import domain, queries
from services.access.grants.delegation import check_delegation, is_holder, last_day, successor, why_not_successor
from services.access.grants.record import Grant
from services.access.grants.tables import grant
from shared.auth.demonstration import acts_alone
from shared.auth.second_person import credentials_set_by_the_other, second_person_fault
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted
from shared.records.store import update_record

GRANTS: ResourceType[Grant, domain.GrantGuardContext] = ResourceType.of(Grant, grant, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """Hands a role on. It starts proposed where the role asks for a second person.

    Raises Invalid for a scope that does not fit the role or does not exist, Forbidden beyond the caller's own scope.
    """
    principal = access.principal
    _check_scope(values["role"], values["scope_kind"], values["scope_id"])
    _check_role_of_kind(values["role"], values["principal_kind"])
    wanted = wanted_by(values)
    if values["delegated_from"] is not None:
        await check_delegation(uow, principal, values, wanted)
    else:
        require_granting(why_not_grant(principal, wanted, "create"))
    if not await queries.is_nameable(uow.connection, principal, values["principal_kind"], values["principal_id"]):
        raise invalid_field("/principal/id", "unknown_reference", "There is no such account or client in use.")
    named = values["second_person"]
    if named is not None:
        if named in (principal.id, values["principal_id"]):
            detail = "Another account than the two concerned."
            raise invalid_field("/second_person", "second_person_is_the_first", detail)
        if not await queries.is_active(uow.connection, "account", named):
            raise invalid_field("/second_person", "unknown_reference", "There is no such account in use.")
    return await insert(uow, values, confirmed=not wanted.needs_second_person)


async def insert(uow: UnitOfWork, values: Mapping[str, Any], *, confirmed: bool) -> Row:
    """A new grant without any question: for what the system itself hands on."""
    return await GRANTS.insert(
        uow,
        {
            "status": "active" if confirmed else "proposed",
            "country": values["scope_id"] if values["scope_kind"] == "country" else None,
            "visibility": "restricted",
            **values,
        },
    )


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of a grant's life. Raises what `Lifecycle.advance` raises, and Invalid for bad `fields`."""
    before = await GRANTS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    if requested.action == "hand_over":
        return await _hand_over(uow, access.principal, before, requested, guard_context, permitted(access, before))

    def effects(target: str) -> dict[str, Any]:
        person, _ = domain.second_person(access.principal, before, _named(requested.fields))
        return {"second_person": person} if target == "active" else {}

    after = await GRANTS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)
    if after["status"] == "revoked":
        await end_delegated(uow, after["id"])
    return after


async def _hand_over(
    uow: UnitOfWork,
    principal: Principal,
    before: Row,
    requested: TransitionRequest,
    guard_context: domain.GrantGuardContext,
    may: Callable[[str], bool],
) -> Row:
    """The predecessor's grant with its last day; the successor's begins today and ends as it would have."""
    GRANTS.lifecycle.advance(
        before["status"], requested.action, guard_context, may, reason=requested.reason, fields=requested.fields
    )
    ends = last_day(before, requested.fields)
    following = await successor(uow, before, requested.fields)
    require_granting(await why_not_successor(uow, principal, before, wanted_by(following)))
    after = await GRANTS.apply_transition(uow, before, requested, guard_context, may, lambda _target: {"ends": ends})
    await insert(uow, following, confirmed=True)
    return after


async def end_delegated(uow: UnitOfWork, source: UUID) -> None:
    """Ends what was delegated from a grant that is over."""
    for before in await queries.delegated(uow.connection, source):
        after = await update_record(uow, grant, before, {"status": "revoked"})
        GRANTS.record_change(uow, "revoke", before, after, "revoked", "the grant that it was delegated from is over")


async def load_guard_context(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.GrantGuardContext:
    """What the guards look at, for this caller and this grant."""
    wanted = wanted_by(row)
    person, fault = domain.second_person(principal, row, _named(fields))
    if not wanted.needs_second_person:
        fault = None
    elif fault is None and person is not None and row["status"] == "proposed":
        async with connect() as connection:
            fault = await _second_person_fault(connection, principal, row, person)
    revoking = why_not_revoke(principal, wanted)
    if revoking and row["delegated_from"] is not None and principal.kind is PrincipalKind.ACCOUNT:
        async with connect() as connection:
            is_source = await queries.holder(connection, row["delegated_from"]) == principal.id
        revoking = None if is_source else revoking
    return domain.GrantGuardContext(
        confirming=why_not_grant(principal, wanted, "confirm"),
        revoking=revoking,
        second_person=fault,
        handing_over=_why_not_hand_over(principal, row),
    )


async def _second_person_fault(
    connection: Connection, principal: Principal, row: Mapping[str, Any], person: UUID
) -> domain.SecondPersonFault | None:
    """Why this account does not count beside who proposed the grant; a client speaks for no account but its own."""
    if principal.kind is not PrincipalKind.ACCOUNT:
        if not await acts_alone(connection, principal):
            return "second_person_is_a_client"
        return await second_person_fault(connection, principal, person)
    kind, _, proposer = row["created_by"].partition(":")
    is_somebody = kind in (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT)
    is_set = is_somebody and await credentials_set_by_the_other(connection, (UUID(proposer),), person)
    return "credentials_set_recently" if is_set else None


def _why_not_hand_over(principal: Principal, row: Mapping[str, Any]) -> domain.HandOverFault | None:
    if row["role"] in NEVER_DELEGATED:
        return "role_not_delegated"
    if row["delegated_from"] is not None:
        return "not_further"
    if domain.follows_an_office(row):
        return "follows_an_office"
    if is_holder(principal, row):
        return None
    return why_not_grant(principal, wanted_by(row), "hand_over")


async def expire(uow: UnitOfWork, day: date) -> int:
    """Ends up to 200 grants whose last day is over; how many."""
    rows = await queries.over(uow.connection, day)
    for before in rows:
        await GRANTS.apply_scheduled(uow, before, "expire")
        await end_delegated(uow, before["id"])
    return len(rows)


def first_day(given: date | None) -> date:
    """The day from which a grant holds: today where none is given."""
    return given or today()


def _named(fields: Mapping[str, Any]) -> UUID | None:
    raw = fields.get("second_person")
    try:
        return None if raw is None else UUID(str(raw))
    except ValueError:
        raise invalid_field("/fields/second_person", "invalid_value", "The id of an account.") from None


def _check_scope(role: str, kind: str, scope: str | None) -> None:
    if kind not in ROLE_SCOPES[role]:
        allowed = " or ".join(sorted(ROLE_SCOPES[role]))
        raise invalid_field("/scope_kind", "scope_not_of_this_role", f"This role is held over: {allowed}.")
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


def _check_role_of_kind(role: str, kind: str) -> None:
    if role == "api_client" and kind != "client":
        raise invalid_field("/role", "role_not_for_people", "api_client is held by clients only.")
