"""Finding or adding the people that lists, signatures and participations name."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.events.prospects import queries
from services.membership.events.prospects.domain import NamedPerson, confirmed_by, first_mentions, meant_by
from services.membership.register.affiliations.changes import record_affiliation_change
from services.membership.register.affiliations.operations import MATCH_JOB, blank
from services.membership.register.affiliations.record import Affiliation
from services.membership.register.affiliations.record import columns_of as columns_of_affiliation
from services.membership.register.duplicates.operations import schedule_check
from services.membership.register.experts.domain import derived
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.record import EmailAddress, Expert, asserted_at_entry
from services.membership.register.experts.tables import affiliation
from services.membership.register.experts.values import enter_values
from shared.bulk.execution import execute_all, inserting
from shared.bulk.row_identifiers import new_refs
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.outbox import defer_once
from shared.records.rows import columns_of, with_columns

_LOCKS = 64
"""The number of locks over which people are spread, so that a long list takes few."""
_ALL_LOCKS = tuple(f"prospects {number:02}" for number in range(_LOCKS))


async def find(connection: Connection, people: Sequence[NamedPerson]) -> list[UUID | None]:
    """The known expert that each of these people is, or None.

    With a verified address that is the living expert whose verified address it is. Somebody whom an office lists is the
    one living expert of the country who has confirmed the address, if they share a word of the name. Else it is the
    living expert of the country with the same name and organisation; the address then only tells two namesakes apart.
    """
    addresses = {address for person in people if (address := person.verified_email)}
    owners = await queries.owners_of(connection, addresses) if addresses else {}
    nameless = [person for person in people if person.verified_email is None]
    namesakes = await queries.namesakes_of(connection, nameless) if nameless else {}
    listed = {person.email_key for person in nameless if person.is_listed and person.email_key}
    confirmed = await queries.confirmed_of(connection, listed) if listed else {}

    def expert_of(person: NamedPerson) -> UUID | None:
        if person.verified_email:
            return owners.get(person.verified_email)
        known = confirmed.get(person.email_key or "", {}) if person.is_listed else {}
        return confirmed_by(person, known) or meant_by(person, namesakes.get((person.country, person.sort_name), {}))

    return [expert_of(person) for person in people]


async def find_or_add(uow: UnitOfWork, people: Sequence[NamedPerson]) -> list[UUID]:
    """The expert that each of these people is, in their order, as `find` says. Somebody unknown becomes a restricted
    prospect with the organisation as affiliation, once for all mentions. No known expert changes.

    The number of statements does not depend on the number of people. The caller decides who may name people of these
    countries.
    """
    return (await _find_and_add(uow, people))[0]


async def resolve(
    uow: UnitOfWork, people: Sequence[NamedPerson], *, is_dry: bool
) -> tuple[Sequence[UUID | None], Mapping[UUID, Sequence[UUID]]]:
    """The same for an import, with the experts that were added, each with its affiliations; a dry run adds nobody."""
    return (await find(uow.connection, people), {}) if is_dry else await _find_and_add(uow, people)


async def _find_and_add(
    uow: UnitOfWork, people: Sequence[NamedPerson]
) -> tuple[list[UUID], Mapping[UUID, Sequence[UUID]]]:
    people = await _as_known_now(uow.connection, people)
    await lock_names(uow.connection, *sorted({_lock_of(person) for person in people}))
    found = await find(uow.connection, people)
    unknown = [place for place, known in enumerate(found) if known is None]
    first = dict(zip(unknown, first_mentions(people[place] for place in unknown), strict=True))
    new = sorted(set(first.values()))
    made = await _add(uow, [people[unknown[one]] for one in new]) if new else {}
    added = dict(zip(new, made, strict=True))
    return [known or added[first[place]] for place, known in enumerate(found)], made


async def lock(connection: Connection) -> None:
    """Waits until nobody finds or adds people, and keeps others from it."""
    await lock_names(connection, *_ALL_LOCKS)


async def _as_known_now(connection: Connection, people: Sequence[NamedPerson]) -> Sequence[NamedPerson]:
    """The people at the institutions into which theirs were merged."""
    named = {person.organisation for person in people if isinstance(person.organisation, UUID)}
    if not named:
        return people
    meant = await queries.merge_targets(connection, named)
    return [
        replace(person, organisation=meant[person.organisation]) if isinstance(person.organisation, UUID) else person
        for person in people
    ]


def _lock_of(person: NamedPerson) -> str:
    key = person.verified_email or f"{person.country} {person.sort_name}"
    return _ALL_LOCKS[hashlib.blake2b(key.encode(), digest_size=8).digest()[0] % _LOCKS]


async def _add(uow: UnitOfWork, people: Sequence[NamedPerson]) -> dict[UUID, list[UUID]]:
    refs = await new_refs(uow.connection, EXPERTS.table, len(people))
    actor = uow.origin.actor.label
    experts = [
        with_columns(_prospect(person), {"ref": ref, "created_by": actor, "updated_by": actor})
        for person, ref in zip(people, refs, strict=True)
    ]
    await uow.allow_record(*(expert.id for expert in experts))
    rows = [columns_of(expert) for expert in experts]
    works = [_affiliation(expert, person) for expert, person in zip(experts, people, strict=True)]
    affiliations = [columns_of_affiliation(work) for work in works if work is not None]
    writes = [*inserting(EXPERTS.table, rows), *inserting(affiliation, affiliations)]
    await execute_all(uow.connection, writes)
    owners = {row["id"]: row for row in rows}
    for row in rows:
        enter_values(uow, row)
        EXPERTS.record_row_change(uow, "create", None, row, "created")
    for work in affiliations:
        record_affiliation_change(uow, owners[work["expert_id"]], "create", None, work)
    if not uow.origin.bulk:
        _schedule(uow, [expert.id for expert in experts], any(work and work.raw for work in works))
    return {expert.id: [] if work is None else [work.id] for expert, work in zip(experts, works, strict=True)}


def _schedule(uow: UnitOfWork, experts: Sequence[UUID], has_text: bool) -> None:
    """Assigns to the worker what it does at once for a single record, and by schedule for many. `has_text`: an
    affiliation names its organisation by a text alone."""
    for expert in experts:
        schedule_check(uow, "experts", expert)
    if has_text:
        defer_once(uow, "membership", MATCH_JOB, {})


def _source(person: NamedPerson) -> str:
    return "self" if person.email_verified else "import"


def _prospect(person: NamedPerson) -> Expert:
    emails: list[EmailAddress] = []
    if person.email:
        emails.append({"value": person.email, "visibility": "restricted", "verified": person.email_verified})
    return EXPERTS.new(
        {
            "status": "prospect",
            "country": person.country,
            "visibility": "restricted",
            "names": person.names,
            "emails": emails,
            **derived(person.names, emails),
            "orcid_authenticated": False,
            "languages": [person.language] if person.language else [],
            "keywords": [],
            "fields": [],
            "planetary_boundaries": [],
            "ecosystems": [],
            "category": person.category,
            "biography": {},
            "available_for_support": True,
            "asserted": asserted_at_entry(_source(person)),
        }
    )


def _affiliation(expert: Expert, person: NamedPerson) -> Affiliation | None:
    if not person.organisation:
        return None
    work = replace(blank(expert, _source(person)), role=person.role)
    if isinstance(person.organisation, str):
        return replace(work, raw=person.organisation)
    return replace(work, institution_id=person.organisation)
