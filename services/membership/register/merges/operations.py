"""Merging two records of one thing, and undoing it.

The loser's row remains, names the winner, and its response is 308; everything that belonged to it moves to the winner.
Each changed record has its own audit entry and fact. The undo has the winner's fields before and after, so it detects
later edits and leaves them to the caller.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict
from uuid import UUID

from services.membership.access import ROLES
from services.membership.register.duplicates.operations import close_pairs, restore_pairs
from services.membership.register.experts.record import Expert, Said
from services.membership.register.merges import domain, moving, queries
from services.membership.register.merges.pairing import Asked, Pair, decided, pair_of, require_living
from services.membership.register.merges.record import Merge
from services.membership.register.merges.subjects import SUBJECTS, Subject
from services.membership.register.merges.tables import merge
from services.membership.register.merges.undo_records import UndoRecord, as_json, store_undo_record, undo_record_of
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Forbidden, NotFound, invalid_field, pointer_to
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.record import Record
from shared.records.requirements import require_publishing
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of, with_columns


class _Merges(ResourceType[Merge, domain.MergeGuardContext]):
    """A merge of experts is about the person of both records."""

    def person_of(self, row: Mapping[str, object]) -> UUID | None:
        return _id(row["winner_id"]) if row["resource"] == "experts" else None


MERGES: ResourceType[Merge, domain.MergeGuardContext] = _Merges.of(Merge, merge, domain.LIFECYCLE)


class DifferingField(TypedDict):
    """A field in which the two differ, and the winner's value after the merge."""

    field: str
    winner: object
    loser: object
    merged: object


class EditedField(TypedDict):
    """A field of the winner that was edited since the merge: before it, after it, and now."""

    field: str
    before: object
    merged: object
    now: object


@dataclass(frozen=True, slots=True)
class Preview:
    """The winner's columns after a merge, the fields that differ, and how many rows would move."""

    resource: str
    winner: Mapping[str, object]
    loser: UUID
    differing: list[DifferingField]
    moves: queries.MoveCounts


async def preview(connection: Connection, principal: Principal, asked: Asked) -> Preview:
    """The result of `create`, without writing. Raises what `create` raises."""
    pair = await pair_of(connection, principal, asked)
    subject, winner, loser = pair.subject, pair.winner, pair.loser
    require_living(pair)
    mine, theirs = subject.values(winner), subject.values(loser)
    values = decided(pair, mine, theirs, asked.choices)
    differing: list[DifferingField] = [
        {"field": name, "winner": mine[name], "loser": theirs[name], "merged": values[name]}
        for name in subject.fields
        if mine[name] != theirs[name]
    ]
    moves = await queries.would_move(connection, pair.access, asked.resource, subject.holder, loser.id)
    await moving.require_few(connection, subject, loser.id)
    sources = _sources_taken_over(winner, loser, _taken(mine, theirs, values))
    shown = _wanted(subject, winner, values, sources)
    return Preview(asked.resource, columns_of(shown), loser.id, differing, moves)


async def create(uow: UnitOfWork, principal: Principal, asked: Asked) -> Merge:
    """Merges two living records. Raises NotFound if the caller may not know of both, Forbidden without the permission
    to change both or to publish, Invalid for a record and itself, Conflict if one cannot be merged or too much would
    move."""
    pair = await _lock(uow, await pair_of(uow.connection, principal, asked))
    subject, winner, loser = pair.subject, pair.winner, pair.loser
    require_living(pair)
    mine, theirs = subject.values(winner), subject.values(loser)
    values = decided(pair, mine, theirs, asked.choices)
    taken_fields = _taken(mine, theirs, values)
    sources = _sources_taken_over(winner, loser, taken_fields)
    gone, wanted = with_columns(loser, {"merged_into": winner.id}), _wanted(subject, winner, values, sources)
    await subject.kind.write(uow, "merge", loser, gone, fact="merged")
    after: Record = await subject.kind.write(uow, "merge", winner, wanted, fact="merged")
    await subject.sync_dependents(uow, winner, after)
    await uow.connection.execute(SYSTEM_CONTEXT.set_local)
    await moving.require_few(uow.connection, subject, loser.id)
    taken = await moving.take_affiliations(uow, subject, columns_of(after), columns_of(loser))
    identities = await moving.take_identities(uow, subject, winner.id, loser.id)
    await close_pairs(uow, asked.resource, winner.id, loser.id)
    new = replace(
        MERGES.new({}),
        status="merged",
        country=after.country,
        visibility="restricted",
        resource=asked.resource,
        winner_id=after.id,
        winner_version=after.version,
        loser_id=loser.id,
        loser_country=loser.country,
        choices=dict(asked.choices),
        moved={"affiliations": len(taken.moved), "united": len(taken.united), "identities": len(identities)},
    )
    entered = await MERGES.insert(uow, new)
    changes = [
        domain.Change(name, mine[name], value, _source_of(winner, name) if name in taken_fields else None)
        for name, value in values.items()
        if value != mine[name]
    ]
    store_undo_record(uow, subject, entered, changes, taken, identities)
    return entered


async def undo(uow: UnitOfWork, access: AccessScope, before: Merge, requested: TransitionRequest) -> Merge:
    """Restores both records, except for later edits that are to remain.

    Raises what `Lifecycle.advance` raises; Conflict `transition_not_allowed` with reason `edited_since` until `resolve`
    says for every field edited since whether to keep or to restore it.
    """
    subject, may = SUBJECTS[before.resource], permitted(access, before)
    kind, winner_id, loser_id = subject.kind, before.winner_id, before.loser_id
    locked = await queries.lock_pair(uow.connection, kind, winner_id, loser_id)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    MERGES.lifecycle.advance(before.status, requested.action, guard_context, may, fields=requested.fields)
    own = access_scope_for(access.principal, ROLES, kind.resource)
    if len(locked) < 2 or not all(own.may("update", record.country, record.id) for record in locked.values()):
        raise Forbidden("Your grants do not cover both records.", members={"reason": "not_permitted"})
    winner, loser = locked[winner_id], locked[loser_id]
    undo_record = undo_record_of(await queries.parts(uow.connection, before.id))
    taken_back = _taken_back(subject, winner, undo_record, given(requested.fields, "resolve", dict) or {}, before)
    wanted = _wanted(subject, winner, _restored(subject, taken_back), _sources_given_back(winner, taken_back))
    if wanted.visibility != winner.visibility:
        require_publishing(own, wanted.visibility, wanted.country, winner.id)
    after: Record = await kind.write(uow, "unmerge", winner, wanted, fact="unmerged")
    await subject.sync_dependents(uow, winner, after)
    apart = with_columns(loser, {"merged_into": None})
    back: Record = await kind.write(uow, "unmerge", loser, apart, fact="unmerged")
    await uow.connection.execute(SYSTEM_CONTEXT.set_local)
    owners = columns_of(after), columns_of(back)
    await moving.give_affiliations_back(
        uow, subject, *owners, undo_record.moved, undo_record.demoted, undo_record.united
    )
    await moving.give_identities_back(uow, subject, winner_id, loser_id, undo_record.identities)
    await restore_pairs(uow, subject.name, winner_id, loser_id)
    await queries.delete_parts(uow.connection, before.id)
    return await MERGES.apply_transition(uow, before, requested, guard_context, may)


def require_undo(access: AccessScope, record: Merge) -> None:
    """Raises Forbidden if the caller may not undo the merge."""
    if not permitted(access, record)("undo"):
        raise Forbidden("Your grants do not include this action.", members={"reason": "not_permitted"})


def permitted(access: AccessScope, record: Merge) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb in the countries of both records."""
    return lambda verb: access.may(verb, record.country) and access.may(verb, record.loser_country)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: Merge, _fields: Fields
) -> domain.MergeGuardContext:
    """Loads the inputs of the guard: whether the winner was merged itself, or merged with others later, or erased."""
    async with connect() as connection:
        faults = await queries.undo_faults(connection, SUBJECTS[record.resource].kind.table, record)
    return domain.MergeGuardContext(next(iter(faults), None))


async def conflicts(connection: Connection, principal: Principal, record: Merge) -> list[EditedField] | None:
    """The fields of the winner that were edited since the merge, with their values before it, after it and now. None if
    the caller does not see the winner whole, or there is nothing to undo."""
    subject = SUBJECTS[record.resource]
    if record.status != "merged":
        return None
    access = access_scope_for(principal, ROLES, subject.kind.resource)
    winner = await subject.listing.get(connection, access, record.winner_id)
    if winner is None or not access.sees_all_fields(winner["country"], winner["id"]):
        return None
    now = as_json(subject.values(subject.read(winner)))
    undo_record = undo_record_of(await queries.parts(connection, record.id))
    return [
        {"field": change.field, "before": change.before, "merged": change.after, "now": now[change.field]}
        for change in domain.edited(undo_record.changes, now)
    ]


async def _lock(uow: UnitOfWork, pair: Pair) -> Pair:
    winner, loser = pair.winner.id, pair.loser.id
    locked = await queries.lock_pair(uow.connection, pair.subject.kind, winner, loser)
    if len(locked) < 2:
        raise NotFound(f"There is no such {pair.subject.kind.resource.entity}.")
    return Pair(pair.subject, pair.access, locked[winner], locked[loser])


def _wanted(subject: Subject, winner: Record, values: domain.Values, sources: domain.Values) -> Record:
    """The winner with these values, their derived columns, and their sources."""
    wanted = with_columns(winner, values)
    return with_columns(wanted, {**subject.derived(winner, wanted), **sources})


def _taken(mine: domain.Values, theirs: domain.Values, values: domain.Values) -> list[str]:
    """The fields whose value is now equal to the loser's, and was not before."""
    return [name for name, value in values.items() if value == theirs[name] != mine[name]]


def _sources_taken_over(winner: Record, loser: Record, fields: list[str]) -> domain.Values:
    """The winner's column `asserted` after a merge; empty for institutions, which have no sources."""
    if not isinstance(winner, Expert) or not isinstance(loser, Expert):
        return {}
    return {"asserted": domain.sources_taken_over(winner.asserted, loser.asserted, loser.created_at, fields)}


def _sources_given_back(winner: Record, taken_back: list[domain.Change]) -> domain.Values:
    """The winner's column `asserted` after an undo; empty for institutions."""
    return {"asserted": domain.sources_given_back(winner.asserted, taken_back)} if isinstance(winner, Expert) else {}


def _source_of(winner: Record, field: str) -> Said | None:
    """The source of the winner's field, apart from that of the whole record; None for institutions."""
    return winner.asserted.get(field, {}) if isinstance(winner, Expert) else None


def _taken_back(
    subject: Subject, winner: Record, undo_record: UndoRecord, resolve: Mapping[str, str], record: Merge
) -> list[domain.Change]:
    """The changes that the undo reverts. Raises Invalid and Conflict for what `resolve` contains or leaves open."""
    if undo_record.is_unreadable:
        raise _impossible(record, "erased")
    now = as_json(subject.values(winner))
    unknown = sorted(set(resolve) - {change.field for change in undo_record.changes})
    if unknown:
        raise invalid_field(
            pointer_to("fields", "resolve", unknown[0]), "unknown_field", "The merge did not change this field."
        )
    open_fields = [change.field for change in domain.edited(undo_record.changes, now) if change.field not in resolve]
    if open_fields:
        raise _impossible(record, "edited_since", open_fields)
    return domain.restored(undo_record.changes, now, resolve)


def _restored(subject: Subject, taken_back: Iterable[domain.Change]) -> domain.Values:
    """The winner's values after these changes are reverted."""
    return {
        change.field: _id(change.before) if change.field in subject.taken else change.before for change in taken_back
    }


def _impossible(record: Merge, reason: domain.ResolutionFault, fields: list[str] | None = None) -> Conflict:
    detail = "Edited since the merge: say whether to keep or to restore it."
    return Conflict(
        "undo is not possible now.",
        code="transition_not_allowed",
        members={"current_state": record.status, "reason": reason, "conflicts": fields or []},
        errors=[FieldError("conflict", detail, pointer=f"/fields/resolve/{name}") for name in fields or ()],
    )


def _id(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))
