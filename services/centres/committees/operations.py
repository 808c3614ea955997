"""Writing committees: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.centres.committees import domain, queries
from services.centres.committees.record import Committee
from services.centres.committees.tables import committee, seat
from services.centres.references import require_institutions
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

COMMITTEES: ResourceType[domain.CommitteeGuardContext] = ResourceType.of(Committee, committee, domain.LIFECYCLE)
_FOLLOW = Statement(
    sql_update(seat).where(seat.c.committee_id == bindparam("key")).values(visibility=bindparam("visibility"))
)
"""Seats carry their committee's visibility."""


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A proposed committee. The country's living one is the only one: another is a conflict.

    Raises Forbidden outside the caller's grant, Invalid for an institution that the caller does not know.
    """
    require(access, "create", values["country"])
    require_publishing(access, values["visibility"], values["country"])
    await require_institutions(uow, _institutions(values))
    return await COMMITTEES.insert(uow, {**values, "status": "proposed", **_derived(values)})


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The committee with new values. Raises Invalid where it would move to another country."""
    before = await COMMITTEES.lock(uow, seen["id"], seen["version"])
    if values["country"] != before["country"]:
        raise invalid_field("/country", "invalid_value", "A committee stays in its country.")
    if values["visibility"] != before["visibility"]:
        require_publishing(access, values["visibility"], before["country"], before["id"])
    known = {before["host_institution_id"], *before["partner_institution_ids"]}
    fresh = {pointer: key for pointer, key in _institutions(values).items() if key not in known}
    await require_institutions(uow, fresh)
    after = await COMMITTEES.update(uow, before, {**values, **_derived(values)})
    if after["visibility"] != before["visibility"]:
        await _FOLLOW.execute(uow.connection, key=after["id"], visibility=after["visibility"])
    return after


async def transition(
    rules: domain.RecognitionRules, uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest
) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises."""
    before = await COMMITTEES.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(rules, uow.connect, access.principal, before, requested.fields)
    dates = domain.dates_of
    return await COMMITTEES.apply_transition(
        uow,
        before,
        requested,
        guard_context,
        permitted(access, before),
        lambda _target: dates(requested.action, before, today()),
    )


async def load_guard_context(
    rules: domain.RecognitionRules,
    connect: Connect,
    _principal: Principal,
    row: Mapping[str, Any],
    _fields: Mapping[str, Any],
) -> domain.CommitteeGuardContext:
    """What the guards look at; it is the same for every caller."""
    async with connect() as connection:
        counts = await queries.standing(connection, row["id"])
    return domain.CommitteeGuardContext(
        rules=rules,
        has_host=row["host_institution_id"] is not None,
        has_decision=row["decision"] is not None,
        has_bylaws=row["bylaws"] is not None,
        partners=len(row["partner_institution_ids"]),
        presidents=counts["presidents"],
        secretaries=counts["secretaries"],
        seats=counts["seats"],
    )


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_key": domain.names_search_key(values["names"])}


def _institutions(values: Mapping[str, Any]) -> dict[str, Any]:
    partners = {f"/partner_institution_ids/{n}": key for n, key in enumerate(values["partner_institution_ids"])}
    return {"/host_institution_id": values["host_institution_id"], **partners}
