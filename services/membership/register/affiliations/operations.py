"""Writing affiliations. They have their expert's country, visibility and readers of the history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.sql.dml import ReturningUpdate

from services.membership.register.affiliations import queries
from services.membership.register.affiliations.changes import record_affiliation_change
from services.membership.register.affiliations.domain import LIFECYCLE, MatchGuardContext
from services.membership.register.affiliations.record import (
    Affiliation,
    Candidate,
    Decision,
    columns_of,
)
from services.membership.register.duplicates.operations import schedule_check
from services.membership.register.experts.record import Expert
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.naming import meant
from shared.database.ids import uuid7
from shared.database.statements import Shapes, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.errors import Conflict, NotFound, VersionConflict, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.messaging.outbox import defer_once
from shared.records.resource_type import TransitionRequest
from shared.records.rows import columns_of as columns_of_record

MOST_PER_EXPERT = 200
MATCH_JOB = "match_affiliations"
"""The job that matches all texts that wait."""
ORCID = "orcid"
"""Who asserts what an import from ORCID wrote."""
_LIVING = Statement(
    select(expert.c.id)
    .where(expert.c.id == bindparam("key"), expert.c.merged_into.is_(None))
    .with_for_update(read=True, key_share=True)
)
_COUNT = Statement(select(func.count()).where(affiliation.c.expert_id == bindparam("expert")))


def _update(names: tuple[str, ...]) -> ReturningUpdate[tuple[object, ...]]:
    matched = (affiliation.c.id == bindparam("key"), affiliation.c.version == bindparam("seen"))
    return (
        sql_update(affiliation).where(*matched).values({name: bindparam(name) for name in names}).returning(affiliation)
    )


_UPDATES = Shapes(_update)
_INSERT = Statement(
    insert(affiliation)
    .values({name: bindparam(name) for name in [column.key for column in affiliation.c]})
    .returning(affiliation)
)


def blank(owner: Expert, asserted_by: str) -> Affiliation:
    """A new affiliation of an expert, which names nothing yet. `asserted_by`: self, orcid, secretariat, import."""
    instant = now()
    return Affiliation(
        id=uuid7(),
        expert_id=owner.id,
        country=owner.country,
        visibility=owner.visibility,
        version=1,
        institution_id=None,
        raw=None,
        role=None,
        unit=None,
        starts=None,
        ends=None,
        is_primary=False,
        asserted_by=asserted_by,
        created_at=instant,
        updated_at=instant,
    )


async def create(uow: UnitOfWork, owner: Expert, new: Affiliation) -> Affiliation:
    """Inserts an affiliation of an expert.

    Raises Invalid if the caller may not know of the institution, Conflict beyond 200 and if the expert was merged in
    the meantime.
    """
    if await _LIVING.fetchval(uow.connection, key=owner.id) is None:
        raise Conflict("The expert was merged into another.")
    new = replace(new, institution_id=await _institution_meant(uow, new.institution_id))
    if await _COUNT.fetchval(uow.connection, expert=owner.id) >= MOST_PER_EXPERT:
        raise Conflict(f"An expert has at most {MOST_PER_EXPERT} affiliations.")
    if new.raw:
        defer_once(uow, "membership", MATCH_JOB, {})
    row = await _INSERT.fetchrow(uow.connection, **columns_of(new))
    if row is None:
        raise NotFound
    _record_change(uow, owner, "create", None, queries.affiliation_of(row))
    schedule_check(uow, "experts", owner.id)
    return queries.affiliation_of(row)


async def lock(uow: UnitOfWork, key: UUID, version: int) -> Affiliation:
    """The affiliation, locked. Raises NotFound, and VersionConflict for another version."""
    before = await queries.lock(uow.connection, key)
    if before is None:
        raise NotFound
    if before.version != version:
        raise VersionConflict("The affiliation changed in the meantime.")
    return before


async def update(uow: UnitOfWork, owner: Expert, before: Affiliation, wanted: Affiliation, by: str) -> Affiliation:
    """Updates the affiliation; without a difference, nothing is written and the version does not change. What was
    imported from ORCID is asserted `by` whoever changes it, and no later import changes it."""
    if wanted.raw is not None and wanted.raw == before.raw:
        wanted = replace(wanted, institution_id=before.institution_id)
    else:
        wanted = _undecided(wanted)
    if wanted.institution_id != before.institution_id:
        wanted = replace(wanted, institution_id=await _institution_meant(uow, wanted.institution_id))
    if wanted == before:
        return before
    if wanted.match_status != before.match_status and wanted.raw:
        defer_once(uow, "membership", MATCH_JOB, {})
    if before.asserted_by == ORCID:
        wanted = replace(wanted, asserted_by=by)
    after = await _write(uow, before, wanted)
    _record_change(uow, owner, "update", before, after)
    schedule_check(uow, "experts", owner.id)
    return after


async def decide(
    uow: UnitOfWork, owner: Expert, before: Affiliation, requested: TransitionRequest, may: Callable[[str], bool]
) -> Affiliation:
    """Applies a person's decision about the match of an affiliation's text. Raises what `Lifecycle.advance` raises, and
    Invalid if the caller may not know of the institution."""
    status = before.match_status or "waiting"
    _, target = LIFECYCLE.advance(
        status, requested.action, load_guard_context(before, requested.fields), may, fields=requested.fields
    )
    at, wanted = now(), replace(_undecided(before), institution_id=None)
    if target == "linked":
        wanted = replace(wanted, institution_id=await _institution_meant(uow, _named(requested.fields)))
    if target == "waiting":
        defer_once(uow, "membership", MATCH_JOB, {})
    else:
        decided = decision(_candidate(before, wanted.institution_id), "person", at)
        candidates = before.match_candidates
        wanted = replace(wanted, match_status=target, matched_at=at, match=decided, match_candidates=candidates)
    after = await _write(uow, before, wanted)
    _record_change(uow, owner, requested.action, before, after, requested.reason)
    return after


def load_guard_context(record: Affiliation, fields: Fields) -> MatchGuardContext:
    """Why the institution of a match cannot be the named one, if so."""
    if record.raw is None:
        return MatchGuardContext(is_stated=True)
    if "institution_id" not in fields:
        return MatchGuardContext(fault="institution_missing")
    return MatchGuardContext() if _named(fields) else MatchGuardContext(fault="institution_unknown")


def _named(fields: Fields) -> UUID | None:
    """The institution that the transition names; None for an invalid `institution_id`."""
    try:
        return UUID(str(fields["institution_id"]))
    except ValueError:
        return None


def decision(candidate: Candidate | None, by: str, at: datetime) -> Decision:
    """How a match was decided: the candidate's method and score, or `manual` if it was no candidate."""
    method, score = (candidate["method"], candidate["score"]) if candidate else ("manual", None)
    return {"method": method, "score": score, "decided_by": by, "decided_at": to_text(at)}


def _candidate(record: Affiliation, institution: UUID | None) -> Candidate | None:
    asked = record.match_candidates or ()
    return next((one for one in asked if one["institution_id"] == str(institution)), None)


def _undecided(record: Affiliation) -> Affiliation:
    return replace(record, match_status=None, match=None, match_candidates=None, matched_at=None)


async def _write(uow: UnitOfWork, before: Affiliation, wanted: Affiliation) -> Affiliation:
    was = columns_of(before)
    changed = {name: value for name, value in columns_of(wanted).items() if value != was[name]}
    row = {**changed, "version": before.version + 1, "updated_at": now()}
    after = await _UPDATES.get(tuple(row)).fetchrow(uow.connection, key=before.id, seen=before.version, **row)
    if after is None:
        raise VersionConflict("The affiliation changed in the meantime.")
    return queries.affiliation_of(after)


async def _institution_meant(uow: UnitOfWork, named: UUID | None) -> UUID | None:
    """The named institution, or the one that it was merged into. Raises Invalid if the caller may not know of it."""
    if named is None:
        return None
    found = (await meant(uow.connection, uow.origin.actor, [named])).get(named)
    if found is None:
        raise unknown_reference("/institution_id", "institution")
    return found


def _record_change(
    uow: UnitOfWork,
    owner: Expert,
    action: str,
    before: Affiliation | None,
    after: Affiliation,
    reason: str | None = None,
) -> None:
    was = columns_of(before) if before else None
    record_affiliation_change(uow, columns_of_record(owner), action, was, columns_of(after), reason)
