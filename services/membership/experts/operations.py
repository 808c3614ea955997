"""Writing experts: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.membership.access import ROLES, SOURCES
from services.membership.duplicates.operations import schedule_check_if_changed
from services.membership.duplicates.queries import lookalikes_beside
from services.membership.experts import domain, queries
from services.membership.experts.record import Expert
from services.membership.experts.tables import affiliation, expert
from services.membership.experts.values import enter_values, replace_values
from services.membership.record_linkage.names import blocking_keys, name_key
from shared.auth.offices import holds
from shared.database.ids import uuid7
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, to_text, today
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.record import json_fields, written_fields
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing
from shared.records.store import InsertLookup

WRITABLE = written_fields(Expert)
_DOCUMENTS = json_fields(Expert)
_AT_ONCE = 500
EXPERTS: ResourceType[Expert, domain.ExpertGuardContext] = ResourceType.of(
    Expert, expert, domain.LIFECYCLE, is_personal=True
)
_LOOKALIKES = lookalikes_beside(expert)
_FOLLOW = Statement(
    sql_update(affiliation)
    .where(affiliation.c.expert_id == bindparam("key"))
    .values(country=bindparam("country"), visibility=bindparam("visibility"))
)
"""Affiliations carry their expert's country and visibility."""


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row that was read."""
    found = {name: orjson.loads(row[name]) if name in _DOCUMENTS else row[name] for name in WRITABLE}
    emails = [{name: value for name, value in email.items() if name != "verified"} for email in found["emails"]]
    return {**found, "emails": emails}


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any], *, invite: bool = False) -> Row:
    """A new expert: a prospect, or invited; who enters themselves, without an office over the register, has
    applied.

    Raises Forbidden `country_forbidden` outside the caller's grant, Invalid `email_missing` for an applicant.
    """
    record = uuid7()
    entitled = access.read.everywhere or access.write.everywhere or bool(access.write.countries)
    applies = access.principal.kind is PrincipalKind.ACCOUNT and not entitled
    if applies:
        if not values["emails"]:
            raise invalid_field("/emails", "email_missing", "An applicant must give an e-mail address.")
        await uow.allow_record(record)
    else:
        require(access, "create", values["country"])
        require_publishing(access, values["visibility"], values["country"])
    status = "applied" if applies else "invited" if invite else "prospect"
    values = {**values, "emails": domain.with_verified(values["emails"])}
    row = await EXPERTS.insert(
        uow,
        {
            "id": record,
            "status": status,
            **values,
            **derived(values),
            **_clock(domain.Clock(), "", status),
            "asserted": domain.asserted_at_entry("self" if applies else _source(access.principal, values["country"])),
            "account_id": access.principal.id if applies else None,
            "profile_confirmed_on": today() if applies else None,
        },
        beside=InsertLookup(_LOOKALIKES, {"lookalike_keys": blocking_keys(values["names"])}),
    )
    enter_values(uow, row)
    return row


async def update(
    uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any], reason: str | None = None
) -> Row:
    """The expert with new values; where nothing differs, nothing is written and the version stays.

    Raises Forbidden `country_forbidden` where the caller may not change experts of the new country too.
    """
    before = await EXPERTS.lock(uow, seen["id"], seen["version"])
    values = {**values, "emails": domain.with_verified(values["emails"], before["emails"])}
    moves = (values["country"], values["visibility"]) != (before["country"], before["visibility"])
    if values["country"] != before["country"]:
        require(access, "update", values["country"])
    if moves:
        require_publishing(access, values["visibility"], values["country"], before["id"])
    is_own = _is_own(access.principal, before)
    confirmed = {"profile_confirmed_on": today()} if is_own else {}
    by = "self" if is_own else _source(access.principal, values["country"])
    said = domain.asserted_after(before, values, by, to_text(now()))
    after = await EXPERTS.update(uow, before, {**values, **derived(values), **said, **confirmed}, reason=reason)
    await carry(uow, before, after)
    return after


async def carry(uow: UnitOfWork, before: Row, after: Row) -> None:
    """Lets what hangs on an expert follow a change of its row: the values of filters, and the affiliations' place."""
    if after["version"] != before["version"]:
        await replace_values(uow, after)
        schedule_check_if_changed(uow, "experts", before, after)
    place = {"country": after["country"], "visibility": after["visibility"]}
    if any(before[name] != value for name, value in place.items()):
        await _FOLLOW.execute(uow.connection, key=after["id"], **place)


async def publish(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """The expert as everybody sees it while its state is a published one."""
    require(access, "update", seen["country"], seen["id"])
    return await update(uow, access, seen, {**written(seen), "visibility": "public"}, requested.reason)


async def unpublish(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """The public expert as only the network sees it; one that is not public is left as it is."""
    require(access, "update", seen["country"], seen["id"])
    visibility = "network" if seen["visibility"] == "public" else seen["visibility"]
    return await update(uow, access, seen, {**written(seen), "visibility": visibility}, requested.reason)


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises, and Invalid for bad `fields`."""
    before = await EXPERTS.lock(uow, seen["id"], seen["version"])
    may = permitted(access, before)
    more: dict[str, Any] = {}
    if requested.action in ("approve", "renew") and may(requested.action):
        more["term_starts"], more["term_ends"] = domain.term_of(*_term(requested.fields), requested.reason, today())
    if requested.action == "assign" and may(requested.action):
        more["assignee"] = _officer(requested.fields)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> dict[str, Any]:
        if requested.action == "assign":
            return more
        clock = domain.Clock(before["clock_since"], before["clock_target"])
        kept = before["assignee"] if target in domain.HOLDERS else None
        return {**_clock(clock, before["status"], target), "assignee": kept, **more}

    return await EXPERTS.apply_transition(uow, before, requested, guard_context, may, effects)


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Moves experts whose term is over into their time of grace, and those whose time of grace is over out of it, at
    most 500 at once."""
    for before in await queries.lock_over(uow.connection, today(), _AT_ONCE):
        await EXPERTS.apply_scheduled(uow, before, "expire")


async def load_guard_context(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.ExpertGuardContext:
    """What the guards look at, for this caller and this expert."""
    officer = None
    if fields.get("officer") is not None:
        officer = await _officer_fault(connect, row, _officer(fields))
    return domain.ExpertGuardContext(
        has_email=row["emails"] not in ("[]", []),
        is_applicant=_is_own(principal, row),
        profile_confirmed_on=row["profile_confirmed_on"],
        conflict_of_interest_on=row["conflict_of_interest_on"],
        today=today(),
        officer=officer,
    )


async def _officer_fault(connect: Connect, row: Mapping[str, Any], officer: UUID | None) -> domain.OfficerFault | None:
    """Why the file cannot be given to this account or client, or None."""
    if officer is None:
        return None
    if officer == row["account_id"]:
        return "is_the_applicant"
    async with connect() as connection:
        held = await holds(connection, officer, ROLES, EXPERTS.resource, "assign", row["country"])
    return None if held else "officer_not_entitled"


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from the written ones."""
    names = values["names"]
    shown = domain.display_name(names)
    return {
        "display_name": shown,
        "sort_name": domain.sort_name(shown),
        "search_key": domain.names_search_key(names),
        "name_key": name_key(names),
        "email_keys": [email["value"].casefold() for email in values["emails"]],
    }


def _is_own(principal: Principal, row: Mapping[str, Any]) -> bool:
    return row["account_id"] is not None and row["account_id"] == principal.id


def _source(principal: Principal, country: str) -> str:
    """Who says what this principal writes about others."""
    offices = [grant for grant in principal.grants if grant.scope_kind == "global" or country in grant.countries]
    return next((SOURCES[grant.role] for grant in offices if grant.role in SOURCES), "government")


def _clock(clock: domain.Clock, left: str, entered: str) -> dict[str, Any]:
    after = domain.next_clock(clock, left, entered, now())
    return {"clock_since": after.since, "clock_target": after.target}


def _officer(fields: Mapping[str, Any]) -> UUID | None:
    """The account or client that `officer` names; None for null."""
    if "officer" not in fields:
        raise invalid_field("/fields/officer", "required", "The id of an account or client, or null.")
    if fields["officer"] is None:
        return None
    try:
        return UUID(str(fields["officer"]))
    except ValueError:
        raise invalid_field("/fields/officer", "invalid_value", "The id of an account or client, or null.") from None


def _term(fields: Mapping[str, Any]) -> tuple[date | None, date | None]:
    parsed: list[date | None] = []
    for name in ("starts", "ends"):
        raw = fields.get(name)
        try:
            parsed.append(None if raw is None else date.fromisoformat(raw))
        except (TypeError, ValueError):
            raise invalid_field(f"/fields/{name}", "invalid_format", "A date is YYYY-MM-DD.") from None
    starts, ends = parsed
    return starts, ends
