"""Writing pairs: found pairs, decisions of an office, and pairs closed by merges."""

from collections.abc import Callable, Sequence
from collections.abc import Collection as Some
from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from services.membership.linkage.record_linkage.domain import Body
from services.membership.linkage.record_linkage.institutions import body_of
from services.membership.linkage.record_linkage.names import blocking_keys, patterns
from services.membership.linkage.record_linkage.persons import person_of
from services.membership.register.duplicates import finding, pairs, queries
from services.membership.register.duplicates.domain import COLLECTIONS, Collection, Found
from services.membership.register.duplicates.pairs import DUPLICATES
from services.membership.register.duplicates.queries import Lookalike
from services.membership.register.duplicates.record import Duplicate
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.messaging.outbox import defer, defer_once
from shared.records.access_scope import AccessScope
from shared.records.record import Record
from shared.records.resource_type import TransitionRequest
from shared.records.rows import columns_of, differing

CHECK_JOB = "duplicates_look"
"""The job that finds what one changed record may repeat."""
SEARCH_JOB = "duplicates_search"
"""The job that searches all records of a collection, or the changed ones."""
PAIR_JOB = "pair_claimed_expert"
"""The job that makes a pair of two experts who are known to be one person."""
_SAVE_WATERMARK = """
INSERT INTO escm.member_duplicate_search AS known (resource, covered_until) VALUES ($1, $2)
ON CONFLICT (resource) DO UPDATE SET covered_until = greatest(known.covered_until, excluded.covered_until)
"""


class Place(TypedDict, total=False):
    """Where a search continues: the partition of all records, or the record after which the changed ones follow."""

    began: str
    slice: int
    since: str
    last: str


_MATTERS = {"experts": ("names", "emails", "orcid", "country"), "institutions": ("names", "domains", "ror", "country")}


async def duplicates_of_expert(
    uow: UnitOfWork, access: AccessScope, expert: Record, lookalikes: Sequence[Lookalike], published: Some[str]
) -> list[finding.Shown]:
    """The experts that a new one may repeat and that the caller may know of; all found ones become pairs."""
    if not lookalikes:
        return []
    own = person_of({**columns_of(expert), "works": ()})
    compared = finding.compared(own, lookalikes)
    await pairs.insert_found(uow, "experts", compared.found, "entry")
    return finding.shown_of_person(compared, lookalikes, access, published)


async def duplicates_of_institution(
    uow: UnitOfWork, access: AccessScope, institution: Record, published: Some[str]
) -> list[finding.Shown]:
    """The same for an institution, with a query."""
    own = body_of(columns_of(institution))
    lookalikes = await _lookalikes(uow.connection, own)
    await pairs.insert_found(uow, "institutions", finding.like_body(own, lookalikes), "entry")
    return finding.shown_of_body(own, lookalikes, access, published)


def schedule_check_if_changed(uow: UnitOfWork, resource: Collection, before: Record, after: Record) -> None:
    """Assigns a check of a changed record to the worker if a compared value changed."""
    if not differing(before, after).keys().isdisjoint(_MATTERS[resource]):
        schedule_check(uow, resource, after.id)


def schedule_check(uow: UnitOfWork, resource: Collection, record: UUID) -> None:
    """Assigns a check of a record to the worker, once in a unit of work."""
    defer_once(uow, "membership", CHECK_JOB, {"resource": resource, "record": str(record)})


def schedule_pair(uow: UnitOfWork, one: UUID, other: UUID, reason: str) -> None:
    """Assigns a pair of two experts to the worker, for the office, with the reason of the pair."""
    payload = {"a": str(min(one, other)), "b": str(max(one, other)), "reason": reason}
    defer(uow, "membership", PAIR_JOB, payload, created_by=uow.origin.actor.label)


async def order_search(uow: UnitOfWork, resource: Collection, *, whole: bool) -> UUID:
    """Assigns a search to the worker. Returns its job, or a waiting one that does as much: a running one may have
    passed the caller's change. `whole`: all records, not only the changed ones."""
    if (queued := await queries.queued_search(uow.connection, SEARCH_JOB, resource, whole)) is not None:
        return queued
    payload = {"resource": resource, "whole": whole}
    return defer(uow, "membership", SEARCH_JOB, payload, created_by=uow.origin.actor.label, bulk=True)


def requeue_rest(uow: UnitOfWork, resource: Collection, *, whole: bool, place: Place) -> UUID:
    """Assigns the rest of a search to a separate job, behind the waiting ones. Returns its id. Later orders do not
    share it."""
    payload = {"resource": resource, "whole": whole, "place": place}
    return defer(uow, "membership", SEARCH_JOB, payload, created_by=SYSTEM.label, bulk=True)


async def search_what_changed(uow: UnitOfWork) -> None:
    """Orders the nightly searches."""
    for resource in COLLECTIONS:
        await order_search(uow, resource, whole=False)


async def find_duplicates(connection: Connection, resource: Collection, rows: Sequence[Row]) -> list[Found]:
    """The pairs that these records make with others. The context must read every record."""
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


async def known_pair(connection: Connection, keys: Sequence[UUID], reason: str) -> list[Found]:
    """The pair of two experts who are known to be one person; empty if one of them is gone. The context must read
    both."""
    persons = [person_of(row) for row in await queries.some(connection, "experts", keys)]
    return [finding.of_one_person(reason, *persons)] if len(persons) == 2 else []


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Duplicate, requested: TransitionRequest
) -> Duplicate:
    """Applies a decision about a pair. Raises what `Lifecycle.advance` raises."""

    def effects(target: str) -> Duplicate:
        if target == "open":
            return pairs.undecided(before)
        by = uow.origin.actor.label
        return replace(before, dismissed_by=by, dismissed_at=now(), dismissal=requested.reason)

    return await DUPLICATES.apply_transition(uow, before, requested, None, permitted_on(access, before), effects)


def permitted_on(access: AccessScope, pair: Duplicate) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb in both countries of a pair."""
    return lambda verb: access.may(verb, pair.country_a) and access.may(verb, pair.country_b)


async def close_pairs(uow: UnitOfWork, resource: Collection, winner: UUID, loser: UUID) -> None:
    """Closes the pairs of a record that was merged into another: the pair of the two is merged, and the same pair of
    the winner replaces each other open one. The nightly search settles pairs that the context may not write."""
    of_winner = {_other(pair, winner) for pair in await queries.of_record(uow.connection, resource, winner)}
    moved = []
    for pair in await queries.of_record(uow.connection, resource, loser):
        if pair.status == "merged":
            continue
        await DUPLICATES.write(uow, "merge", pair, replace(pair, status="merged", settled_by=loser), fact="merged")
        if pair.status == "open" and _other(pair, loser) not in {winner, *of_winner}:
            moved.append(pair)
    if moved:
        country = await queries.country_of(uow.connection, resource, winner)
        await pairs.insert(uow, [_instead(pair, loser, winner, country) for pair in moved])


async def restore_pairs(uow: UnitOfWork, resource: Collection, winner: UUID, loser: UUID) -> None:
    """Reverts `close_pairs`: restores the pairs that it closed, and deletes those that it made of the winner unless an
    office has decided about them."""
    ended = [pair for pair in await queries.of_record(uow.connection, resource, loser) if pair.settled_by == loser]
    for pair in ended:
        status, fact = ("dismissed", "dismissed") if pair.dismissed_by else ("open", "reopened")
        await DUPLICATES.write(uow, "unmerge", pair, replace(pair, status=status, settled_by=None), fact=fact)
    instead = {pair.id for pair in ended}
    made = await queries.of_record(uow.connection, resource, winner)
    await pairs.remove(uow, [pair for pair in made if pair.instead_of in instead and pair.status == "open"])


async def drop_lost(uow: UnitOfWork, resource: Collection, lost: Sequence[queries.LostPair]) -> None:
    """Deletes pairs of which a record was deleted or erased, and closes those of records that were merged."""
    merges = {(one.winner_of_a, one.pair.a) for one in lost if one.winner_of_a}
    merges |= {(one.winner_of_b, one.pair.b) for one in lost if one.winner_of_b}
    for winner, loser in sorted(merges, key=str):
        await close_pairs(uow, resource, winner, loser)
    await pairs.remove(uow, [one.pair for one in lost if not (one.winner_of_a or one.winner_of_b)])


def imported(resource: Collection, pairs: Sequence[tuple[UUID, UUID]], rows: Sequence[Row]) -> list[Found]:
    """The pairs that imports found by an equal identifier. `rows` are the living records."""
    return finding.identified(resource, pairs, {row["id"]: row for row in rows})


async def save_watermark(uow: UnitOfWork, resource: Collection, until: datetime) -> None:
    """Stores until when changes were searched."""
    await uow.connection.execute(_SAVE_WATERMARK, resource, until)


async def _lookalikes(connection: Connection, own: Body) -> list[Lookalike]:
    return await queries.lookalike_institutions(
        connection,
        own.key,
        titles=[" ".join(words)[:500] for words in own.names],
        hosts=sorted(own.domains),
        shorts=sorted(own.shorts),
        terms=finding.terms(own),
        ror=own.ror,
    )


def _instead(pair: Duplicate, loser: UUID, winner: UUID, country: str) -> Duplicate:
    """The pair of the winner and the third record of the loser's pair."""
    third = (pair.b, pair.country_b) if pair.a == loser else (pair.a, pair.country_a)
    (a, country_a), (b, country_b) = sorted([(winner, country), third], key=lambda side: int(side[0].int))
    placed = replace(pair, a=a, b=b, country_a=country_a, country_b=country_b)
    return replace(pairs.undecided(placed), version=1, created_at=now(), updated_at=now(), instead_of=pair.id)


def _other(pair: Duplicate, record: UUID) -> UUID:
    """The other record of a pair."""
    return pair.b if pair.a == record else pair.a
