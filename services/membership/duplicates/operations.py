"""Writing pairs: as they are found, as an office decides about them, and as merges settle them."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Some
from typing import Any
from uuid import UUID

from services.membership.duplicates import finding, pairs, queries
from services.membership.duplicates.domain import COLLECTIONS, Collection, DuplicateGuardContext, Found
from services.membership.duplicates.pairs import DUPLICATES
from services.membership.record_linkage.institutions import Body, body_of
from services.membership.record_linkage.names import blocking_keys, patterns
from services.membership.record_linkage.persons import person_of
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.resource_type import TransitionRequest

LOOK_JOB = "duplicates_look"
"""Looks for what one changed record may repeat."""
SEARCH_JOB = "duplicates_search"
"""Looks through all records of a collection, or those that were changed."""
_COVER = """
INSERT INTO escm.member_duplicate_search AS known (resource, covered_until) VALUES ($1, $2)
ON CONFLICT (resource) DO UPDATE SET covered_until = greatest(known.covered_until, excluded.covered_until)
"""
_MATTERS = {"experts": ("names", "emails", "orcid", "country"), "institutions": ("names", "domains", "ror", "country")}


async def told_of_expert(uow: UnitOfWork, access: AccessScope, row: Mapping[str, Any], published: Some[str]) -> Any:
    """What the answer to an expert's entry tells of those that it may repeat; all of them become pairs.

    `row` is the new row with `lookalikes`, which its insert answered.
    """
    if row["lookalikes"] is None:
        return []
    own = person_of({**row, "works": ()})
    await pairs.insert_found(uow, "experts", finding.like_person(own, row["lookalikes"]), "entry")
    return finding.told_of_person(own, row["lookalikes"], access, published)


async def told_of_institution(
    uow: UnitOfWork, access: AccessScope, row: Mapping[str, Any], published: Some[str]
) -> Any:
    """The same of an institution, for which the database is asked."""
    own = body_of(row)
    lookalikes = await _lookalikes(uow.connection, own)
    await pairs.insert_found(uow, "institutions", finding.like_body(own, lookalikes), "entry")
    return finding.told_of_body(own, lookalikes, access, published)


def schedule_check_if_changed(
    uow: UnitOfWork, resource: Collection, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Leaves to the worker to find what a changed record now may repeat, where something changed that is compared."""
    if any(before[name] != after[name] for name in _MATTERS[resource]):
        look_at(uow, resource, after["id"])


def look_at(uow: UnitOfWork, resource: Collection, record: UUID) -> None:
    """Leaves to the worker to find what a record may repeat."""
    payload = {"resource": resource, "record": str(record)}
    defer(uow, "membership", LOOK_JOB, payload, created_by=uow.origin.actor.label)


async def order_search(uow: UnitOfWork, resource: Collection, *, whole: bool) -> UUID:
    """Leaves the search to the worker; its job, which is that of one that waits and does as much: one that has begun
    may have passed what the caller changed. `whole`: through all records, not only those that were changed."""
    if (queued := await queries.queued_search(uow.connection, SEARCH_JOB, resource, whole)) is not None:
        return queued
    payload = {"resource": resource, "whole": whole}
    return defer(uow, "membership", SEARCH_JOB, payload, created_by=uow.origin.actor.label, bulk=True)


def go_on_later(uow: UnitOfWork, payload: Mapping[str, Any], place: Mapping[str, Any]) -> UUID:
    """Leaves the rest of a search to a job of its own, behind what waits; its id. Nobody's order joins it."""
    payload = {**payload, "place": dict(place)}
    return defer(uow, "membership", SEARCH_JOB, payload, created_by=SYSTEM.label, bulk=True)


async def search_what_changed(uow: UnitOfWork) -> None:
    """What the schedule does every night."""
    for resource in COLLECTIONS:
        await order_search(uow, resource, whole=False)


async def look(connection: Connection, resource: Collection, rows: Sequence[Row]) -> list[Found]:
    """The pairs that these records make with others. The context must see every record."""
    if resource == "institutions":
        owns = [body_of(row) for row in rows]
        return [found for own in owns for found in finding.like_body(own, await _lookalikes(connection, own))]
    persons = {row["id"]: person_of(row) for row in rows}
    asked = {row["id"]: (blocking_keys(row["names"]), patterns(row["names"])) for row in rows}
    return [
        found
        async for key, lookalikes in queries.lookalike_experts(connection, asked)
        for found in finding.like_person(persons[key], lookalikes)
    ]


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """A decision about a pair. Raises what `Lifecycle.advance` raises."""
    before = await DUPLICATES.lock(uow, seen["id"], seen["version"])

    def effects(target: str) -> Mapping[str, Any]:
        if target == "open":
            return pairs.UNDECIDED
        return {"dismissed_by": uow.origin.actor.label, "dismissed_at": now(), "dismissal": requested.reason}

    return await DUPLICATES.apply_transition(
        uow, before, requested, DuplicateGuardContext(), permitted_on(access, before), effects
    )


def permitted_on(access: AccessScope, row: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb in both countries of a pair."""
    return lambda verb: access.may(verb, row["country_a"]) and access.may(verb, row["country_b"])


async def close_pairs(uow: UnitOfWork, resource: Collection, winner: UUID, loser: UUID) -> None:
    """Ends the pairs of a record that was merged into another: theirs is merged, and each other open one gives way to
    the same pair of the winner. Pairs that the context may not write are settled by the nightly search."""
    of_winner = {_other(row, winner) for row in await queries.of_record(uow.connection, resource, winner)}
    moved = []
    for row in await queries.of_record(uow.connection, resource, loser):
        if row["status"] == "merged":
            continue
        await pairs.change(uow, row, {"status": "merged", "settled_by": loser}, "merge", "merged")
        if row["status"] == "open" and _other(row, loser) not in {winner, *of_winner}:
            moved.append(row)
    if moved:
        country = await queries.country_of(uow.connection, resource, winner)
        await pairs.insert(uow, resource, [_instead(row, loser, winner, country) for row in moved])


async def restore_pairs(uow: UnitOfWork, resource: Collection, winner: UUID, loser: UUID) -> None:
    """Takes `close_pairs` back: pairs that it ended are as they were, and those that it made of the winner are gone
    unless somebody has decided about them."""
    ended = [r for r in await queries.of_record(uow.connection, resource, loser) if r["settled_by"] == loser]
    for row in ended:
        status, fact = ("dismissed", "dismissed") if row["dismissed_by"] else ("open", "reopened")
        await pairs.change(uow, row, {"status": status, "settled_by": None}, "unmerge", fact)
    instead = {row["id"] for row in ended}
    made = await queries.of_record(uow.connection, resource, winner)
    await pairs.remove(uow, [row for row in made if row["instead_of"] in instead and row["status"] == "open"])


async def drop_lost(uow: UnitOfWork, resource: Collection, rows: Sequence[Row]) -> None:
    """Deletes pairs of which a record is gone or erased, and settles those of records that were merged."""
    merges = {(row["winner_of_a"], row["a"]) for row in rows if row["winner_of_a"]}
    merges |= {(row["winner_of_b"], row["b"]) for row in rows if row["winner_of_b"]}
    for winner, loser in sorted(merges, key=str):
        await close_pairs(uow, resource, winner, loser)
    await pairs.remove(uow, [row for row in rows if not (row["winner_of_a"] or row["winner_of_b"])])


async def forget(uow: UnitOfWork, resource: Collection, record: UUID) -> None:
    """Deletes all pairs of a record, for its erasure."""
    await pairs.remove(uow, await queries.of_record(uow.connection, resource, record))


def imported(resource: Collection, pairs: Sequence[tuple[UUID, UUID]], rows: Sequence[Row]) -> list[Found]:
    """The pairs that imports found by an equal identifier. `rows` are the records that are living."""
    return finding.identified(resource, pairs, {row["id"]: row for row in rows})


async def cover(uow: UnitOfWork, resource: Collection, until: Any) -> None:
    """Remembers until when changes were searched."""
    await uow.connection.execute(_COVER, resource, until)


async def _lookalikes(connection: Connection, own: Body) -> list[dict[str, Any]]:
    return await queries.lookalike_institutions(
        connection,
        own.key,
        titles=[" ".join(words)[:500] for words in own.names],
        hosts=sorted(own.domains),
        shorts=sorted(own.shorts),
        terms=finding.terms(own),
        ror=own.ror,
    )


def _instead(row: Row, loser: UUID, winner: UUID, country: str) -> Mapping[str, Any]:
    """The pair of the winner and the third record that the loser made a pair with."""
    sides = [(winner, country), (row["b"], row["country_b"]) if row["a"] == loser else (row["a"], row["country_a"])]
    (a, country_a), (b, country_b) = sorted(sides, key=lambda side: int(side[0].int))
    kept = {name: row[name] for name in ("score", "reasons", "found_by", "basis")}
    places = {"a": a, "b": b, "country_a": country_a, "country_b": country_b}
    return {**kept, **places, **pairs.UNDECIDED, "instead_of": row["id"]}


def _other(row: Row, record: UUID) -> UUID:
    """The other record of a pair."""
    other: UUID = row["b"] if row["a"] == record else row["a"]
    return other
