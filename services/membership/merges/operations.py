"""Merging two records of one thing, and taking it back.

The loser's row stays, names the winner, and answers 308; everything that hung on it goes to the winner. Each changed
record has its own audit entry and fact. The undo has the winner's fields before and after, so it sees what was edited
since and leaves that to the caller.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.membership.access import ROLES
from services.membership.duplicates.operations import close_pairs, restore_pairs
from services.membership.merges import domain, moving, queries
from services.membership.merges.keeping import Kept, keep, kept_of
from services.membership.merges.pairing import Asked, Pair, decided, pair_of, require_living
from services.membership.merges.record import Merge
from services.membership.merges.subjects import SUBJECTS, Subject
from services.membership.merges.tables import merge
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Forbidden, NotFound, invalid_field, pointer_to
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.resource_type import ResourceType, TransitionRequest, require_publishing
from shared.records.store import update_record


class _Merges(ResourceType[Merge, domain.MergeGuardContext]):
    """A merge of experts tells of the person whom both describe."""

    def person_of(self, row: Mapping[str, Any]) -> UUID | None:
        return row["winner_id"] if row["resource"] == "experts" else None


MERGES: ResourceType[Merge, domain.MergeGuardContext] = _Merges.of(Merge, merge, domain.LIFECYCLE)


@dataclass(frozen=True, slots=True)
class Preview:
    """The winner as a merge would leave it, the fields that differ, and how much would move."""

    resource: str
    winner: dict[str, Any]
    loser: UUID
    differing: list[dict[str, Any]]
    moves: dict[str, Any]


async def preview(connection: Connection, principal: Principal, asked: Asked) -> Preview:
    """What `create` would do. Raises what it raises."""
    pair = await pair_of(connection, principal, asked)
    subject, winner, loser = pair.subject, pair.winner, pair.loser
    require_living(pair)
    mine, theirs = subject.read_values(winner), subject.read_values(loser)
    values = decided(pair, mine, theirs, asked.choices)
    fields = [name for name in subject.fields if mine[name] != theirs[name]]
    differing = [{"field": f, "winner": mine[f], "loser": theirs[f], "merged": values[f]} for f in fields]
    moves = await queries.would_move(connection, pair.access, asked.resource, subject.holder, loser["id"])
    await moving.require_few(connection, subject, loser["id"])
    said = domain.sources_taken_over(winner, loser, _taken(mine, theirs, values))
    shown = {**winner, **values, **subject.derived(values), **said}
    return Preview(asked.resource, shown, loser["id"], differing, moves)


async def create(uow: UnitOfWork, principal: Principal, asked: Asked) -> Row:
    """The merge of two living records. Raises NotFound where the caller may not know of both, Forbidden without the
    right to change both or to publish, Invalid for a record and itself, Conflict where one is not to be merged or too
    much would move."""
    pair = await _lock(uow, await pair_of(uow.connection, principal, asked))
    subject, winner, loser = pair.subject, pair.winner, pair.loser
    require_living(pair)
    mine, theirs = subject.values(winner), subject.values(loser)
    values = decided(pair, mine, theirs, asked.choices)
    changed = {name: value for name, value in values.items() if value != mine[name]}
    taken_fields = _taken(mine, theirs, values)
    said = domain.sources_taken_over(winner, loser, taken_fields)
    gone = await update_record(uow, subject.kind.table, loser, {"merged_into": winner["id"]})
    subject.kind.record_change(uow, "merge", loser, gone, "merged")
    after = await update_record(uow, subject.kind.table, winner, {**changed, **subject.derived(values), **said})
    subject.kind.record_change(uow, "merge", winner, after, "merged")
    await subject.carry(uow, winner, after)
    await uow.connection.execute(SYSTEM_CONTEXT.set_local)
    await moving.require_few(uow.connection, subject, loser["id"])
    taken = await moving.take_affiliations(uow, subject, after, loser)
    identities = await moving.take_identities(uow, subject, winner["id"], loser["id"])
    await close_pairs(uow, asked.resource, winner["id"], loser["id"])
    row = await MERGES.insert(
        uow,
        {
            "status": "merged",
            "country": after["country"],
            "visibility": "restricted",
            "resource": asked.resource,
            "winner_id": after["id"],
            "winner_version": after["version"],
            "loser_id": loser["id"],
            "loser_country": loser["country"],
            "choices": dict(asked.choices),
            "moved": {
                "affiliations": len(taken.moved),
                "united": len(taken.united),
                "identities": len(identities),
            },
        },
    )
    changes = [
        domain.Change(name, mine[name], value, domain.source_before(winner, name) if name in taken_fields else None)
        for name, value in changed.items()
    ]
    keep(uow, subject, row, changes, taken, identities)
    return row


async def undo(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """Both records as they were, but for what was edited since and is to be kept.

    Raises what `Lifecycle.advance` raises; Conflict `transition_not_allowed` with reason `edited_since` while `resolve`
    does not say of every field that was edited since whether to keep or to restore it.
    """
    subject, may = SUBJECTS[seen["resource"]], permitted(access, seen)
    if requested.action == "undo" and not may("undo"):
        raise Forbidden("Your grants do not include this action here.", members={"reason": "not_permitted"})
    before = await MERGES.lock(uow, seen["id"], seen["version"])
    kind, winner_id, loser_id = subject.kind, before["winner_id"], before["loser_id"]
    locked = await queries.lock_pair(uow.connection, kind.table, winner_id, loser_id)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    MERGES.lifecycle.advance(before["status"], requested.action, guard_context, may, fields=requested.fields)
    own = access_scope_for(access.principal, ROLES, kind.resource)
    if len(locked) < 2 or not all(own.may("update", row["country"], row["id"]) for row in locked.values()):
        raise Forbidden("Your grants do not cover both records.", members={"reason": "not_permitted"})
    winner, loser = locked[winner_id], locked[loser_id]
    kept = kept_of(await queries.parts(uow.connection, before["id"]))
    taken_back = _taken_back(subject, winner, kept, requested.fields.get("resolve") or {}, before)
    values = _restored(subject, winner, taken_back)
    if values["visibility"] != winner["visibility"]:
        require_publishing(own, values["visibility"], values["country"], winner["id"])
    said = domain.sources_given_back(winner, taken_back)
    after = await update_record(uow, kind.table, winner, {**values, **subject.derived(values), **said})
    kind.record_change(uow, "unmerge", winner, after, "unmerged")
    await subject.carry(uow, winner, after)
    back = await update_record(uow, kind.table, loser, {"merged_into": None})
    kind.record_change(uow, "unmerge", loser, back, "unmerged")
    await uow.connection.execute(SYSTEM_CONTEXT.set_local)
    await moving.give_affiliations_back(uow, subject, after, back, kept.moved, kept.demoted, kept.united)
    await moving.give_identities_back(uow, subject, winner_id, loser_id, kept.identities)
    await restore_pairs(uow, before["resource"], winner_id, loser_id)
    await queries.forget_parts(uow.connection, before["id"])
    return await MERGES.apply_transition(uow, before, requested, guard_context, may)


def permitted(access: AccessScope, row: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb in the countries of both records."""
    return lambda verb: all(access.may(verb, row[name]) for name in ("country", "loser_country"))


async def load_guard_context(
    connect: Connect, _principal: Principal, row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.MergeGuardContext:
    """What the guard looks at: whether the winner was merged itself, or merged with others later, or erased."""
    async with connect() as connection:
        found = await queries.standing(connection, SUBJECTS[row["resource"]].kind.table, row)
    faults = (fault for fault in domain.UNDO_FAULTS if found is None or found[fault])
    return domain.MergeGuardContext(next(faults, None))


async def conflicts(
    connection: Connection, principal: Principal, row: Mapping[str, Any]
) -> list[dict[str, Any]] | None:
    """The fields of the winner that were edited since the merge, with their values before it, after it and now. None
    where the caller does not see the winner whole, or there is nothing to take back."""
    subject = SUBJECTS[row["resource"]]
    if row["status"] != "merged":
        return None
    access = access_scope_for(principal, ROLES, subject.kind.resource)
    winner = await subject.listing.get(connection, access, row["winner_id"])
    if winner is None or not access.sees_all_fields(winner["country"], winner["id"]):
        return None
    now = subject.read_values(winner)
    kept = kept_of(await queries.parts(connection, row["id"]))
    return [
        {"field": change.field, "before": change.before, "merged": change.after, "now": domain.plain(now[change.field])}
        for change in domain.edited(kept.changes, now)
    ]


async def _lock(uow: UnitOfWork, pair: Pair) -> Pair:
    winner, loser = pair.winner["id"], pair.loser["id"]
    locked = await queries.lock_pair(uow.connection, pair.subject.kind.table, winner, loser)
    if len(locked) < 2:
        raise NotFound(f"There is no such {pair.subject.kind.resource.entity}.")
    return Pair(pair.subject, pair.access, locked[winner], locked[loser])


def _taken(mine: domain.Values, theirs: domain.Values, values: domain.Values) -> list[str]:
    """The fields that say just what the loser's say, and did not before."""
    return [name for name, value in values.items() if value == theirs[name] != mine[name]]


def _taken_back(subject: Subject, winner: Row, kept: Kept, resolve: Mapping[str, str], row: Row) -> list[domain.Change]:
    """The changes that the undo takes back. Raises Invalid and Conflict for what `resolve` says or leaves open."""
    if kept.is_unreadable:
        raise _impossible(row, "erased")
    now = subject.values(winner)
    unknown = sorted(set(resolve) - {change.field for change in kept.changes})
    if unknown:
        raise invalid_field(
            pointer_to("fields", "resolve", unknown[0]), "unknown_field", "The merge did not change this field."
        )
    open_fields = [change.field for change in domain.edited(kept.changes, now) if change.field not in resolve]
    if open_fields:
        raise _impossible(row, "edited_since", open_fields)
    return domain.restored(kept.changes, now, resolve)


def _restored(subject: Subject, winner: Row, taken_back: Iterable[domain.Change]) -> dict[str, Any]:
    """The winner's values once these changes are taken back."""
    values = {**subject.values(winner), **{change.field: change.before for change in taken_back}}
    return {**values, **{name: _id(values[name]) for name in subject.taken}}


def _impossible(row: Row, reason: str, fields: list[str] | None = None) -> Conflict:
    detail = "Edited since the merge: say whether to keep or to restore it."
    return Conflict(
        "undo is not possible now.",
        code="transition_not_allowed",
        members={"current_state": row["status"], "reason": reason, "conflicts": fields or []},
        errors=[FieldError("conflict", detail, pointer=f"/fields/resolve/{name}") for name in fields or ()],
    )


def _id(value: Any) -> UUID | None:
    return None if value is None else UUID(str(value))
