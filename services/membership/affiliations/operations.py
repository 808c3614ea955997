"""Writing affiliations. They live with their expert: its country, its visibility, its history's reader."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from services.membership.affiliations import queries
from services.membership.affiliations.domain import LIFECYCLE, MatchGuardContext
from services.membership.duplicates.operations import look_at
from services.membership.experts.tables import affiliation, expert
from services.membership.institutions.naming import meant
from shared.database.ids import uuid7
from shared.database.statements import Row, Shapes, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.errors import Conflict, NotFound, VersionConflict, invalid_field
from shared.kernel.resource import Resource
from shared.messaging.outbox import defer
from shared.records.changes import record_change
from shared.records.resource_type import TransitionRequest

AFFILIATIONS = Resource("membership", "affiliations", "affiliation")
MOST_PER_EXPERT = 200
WRITABLE = ("institution_id", "raw", "role", "unit", "starts", "ends", "is_primary")
TOLD = (*WRITABLE, "match")
MATCH_JOB = "match_affiliations"
_UNDECIDED: Mapping[str, Any] = dict.fromkeys(("match_status", "match", "match_candidates", "matched_at"))
_LIVING = Statement(
    select(expert.c.id)
    .where(expert.c.id == bindparam("key"), expert.c.merged_into.is_(None))
    .with_for_update(read=True, key_share=True)
)
_COUNT = Statement(select(func.count()).where(affiliation.c.expert_id == bindparam("expert")))


def _update(names: tuple[str, ...]) -> Any:
    matched = (affiliation.c.id == bindparam("key"), affiliation.c.version == bindparam("seen"))
    return update(affiliation).where(*matched).values({name: bindparam(name) for name in names}).returning(affiliation)


_UPDATES = Shapes(_update)
_INSERT = Statement(
    insert(affiliation)
    .values({name: bindparam(name) for name in [column.key for column in affiliation.c]})
    .returning(affiliation)
)


async def create(uow: UnitOfWork, owner: Row, values: Mapping[str, Any], *, asserted_by: str) -> Row:
    """A further affiliation of an expert. `asserted_by`: self, secretariat, institution, import.

    Raises Invalid where the institution is not known to the caller, Conflict beyond 200 and where the expert was merged
    into another in the meantime.
    """
    if await _LIVING.fetchval(uow.connection, key=owner["id"]) is None:
        raise Conflict("The expert was merged into another.")
    values = {**values, "institution_id": await _institution_meant(uow, values["institution_id"])}
    if await _COUNT.fetchval(uow.connection, expert=owner["id"]) >= MOST_PER_EXPERT:
        raise Conflict(f"An expert has at most {MOST_PER_EXPERT} affiliations.")
    if values["raw"]:
        defer(uow, "membership", MATCH_JOB, {}, created_by=uow.origin.actor.label)
    instant = now()
    row = await _INSERT.fetchrow(
        uow.connection,
        id=uuid7(),
        expert_id=owner["id"],
        country=owner["country"],
        visibility=owner["visibility"],
        version=1,
        asserted_by=asserted_by,
        created_at=instant,
        updated_at=instant,
        **_UNDECIDED,
        **values,
    )
    if row is None:
        raise NotFound
    tell(uow, owner, "create", None, row)
    look_at(uow, "experts", owner["id"])
    return row


async def change(uow: UnitOfWork, owner: Row, seen: Row, values: Mapping[str, Any]) -> Row:
    """The affiliation with new values; where nothing differs, nothing is written and the version stays."""
    before = await queries.lock(uow.connection, seen["id"])
    if before is None:
        raise NotFound
    if before["version"] != seen["version"]:
        raise VersionConflict("The affiliation changed in the meantime.")
    values = _keeping_match(before, values)
    if values["institution_id"] != before["institution_id"]:
        values = {**values, "institution_id": await _institution_meant(uow, values["institution_id"])}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return before
    if "match_status" in changed and values["raw"]:
        defer(uow, "membership", MATCH_JOB, {}, created_by=uow.origin.actor.label)
    row = {**changed, "version": before["version"] + 1, "updated_at": now()}
    statement = _UPDATES.get(tuple(row))
    after = await statement.fetchrow(uow.connection, key=before["id"], seen=before["version"], **row)
    if after is None:
        raise VersionConflict("The affiliation changed in the meantime.")
    tell(uow, owner, "update", before, after)
    look_at(uow, "experts", owner["id"])
    return after


async def decide(
    uow: UnitOfWork, owner: Row, seen: Row, requested: TransitionRequest, may: Callable[[str], bool]
) -> Row:
    """What a person decides about the match of an affiliation's text. Raises what `Lifecycle.advance` raises, and
    Invalid where the institution is not known to the caller."""
    before = await queries.lock(uow.connection, seen["id"])
    if before is None:
        raise NotFound
    if before["version"] != seen["version"]:
        raise VersionConflict("The affiliation changed in the meantime.")
    status = before["match_status"] or "waiting"
    _, target = LIFECYCLE.advance(
        status, requested.action, load_guard_context(before, requested.fields), may, fields=requested.fields
    )
    row = {**_UNDECIDED, "institution_id": None, "version": before["version"] + 1, "updated_at": now()}
    if target == "linked":
        row["institution_id"] = await _institution_meant(uow, UUID(requested.fields["institution_id"]))
    if target == "waiting":
        defer(uow, "membership", MATCH_JOB, {}, created_by=uow.origin.actor.label)
    else:
        row |= {"match_status": target, "matched_at": row["updated_at"]}
        row["match"] = decision(_candidate(before, row["institution_id"]), "person", row["updated_at"])
        row["match_candidates"] = before["match_candidates"]
    after = await _UPDATES.get(tuple(row)).fetchrow(uow.connection, key=before["id"], seen=before["version"], **row)
    if after is None:
        raise VersionConflict("The affiliation changed in the meantime.")
    tell(uow, owner, requested.action, before, after, requested.reason)
    return after


def load_guard_context(row: Mapping[str, Any], fields: Mapping[str, Any]) -> MatchGuardContext:
    """What the guards look at."""
    if row["raw"] is None:
        return MatchGuardContext(is_stated=True)
    if "institution_id" not in fields:
        return MatchGuardContext(fault="institution_missing")
    try:
        UUID(fields["institution_id"])
    except (TypeError, ValueError, AttributeError):
        return MatchGuardContext(fault="institution_unknown")
    return MatchGuardContext()


def decision(candidate: Mapping[str, Any] | None, by: str, at: datetime) -> dict[str, Any]:
    """How a match was decided: the candidate's method and score, or `manual` for what was none of the candidates."""
    told = {"method": candidate["method"], "score": candidate["score"]} if candidate else {}
    return {"method": "manual", "score": None, **told, "decided_by": by, "decided_at": to_text(at)}


def _candidate(row: Row, institution: UUID | None) -> Mapping[str, Any] | None:
    asked = row["match_candidates"] or ()
    return next((one for one in asked if one["institution_id"] == str(institution)), None)


def _keeping_match(before: Row, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with the institution that a match found, as long as the text stays; a new text waits for its own."""
    if values["raw"] is not None and values["raw"] == before["raw"]:
        return {**values, "institution_id": before["institution_id"]}
    return {**values, **_UNDECIDED}


async def _institution_meant(uow: UnitOfWork, named: UUID | None) -> UUID | None:
    """The institution that is named, or that its merges lead to. Raises Invalid where the caller does not know it."""
    if named is None:
        return None
    found = (await meant(uow.connection, uow.origin.actor, [named])).get(named)
    if found is None:
        raise invalid_field("/institution_id", "unknown_reference", "There is no such institution.")
    return found


def tell(
    uow: UnitOfWork,
    owner: Mapping[str, Any],
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    """The audit entry and the fact of one change. Of the owner, `ref` and `status` are looked at."""

    def state(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "ref": owner["ref"], "status": owner["status"]}

    record_change(
        uow,
        AFFILIATIONS,
        action,
        before=state(before) if before else None,
        after=state(after),
        fields=(*TOLD, "expert_id") if before and before["expert_id"] != after["expert_id"] else TOLD,
        fact={"create": "created", "delete": "deleted"}.get(action, "updated"),
        reason=reason,
        link=f"/membership/v1/experts/{after['expert_id']}/affiliations/{after['id']}",
        person=after["expert_id"],
    )
