"""A person whom a list or a signature names is a known expert, or becomes one prospect."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from services.membership.events.prospects.domain import NamedPerson
from services.membership.events.prospects.operations import find, find_or_add
from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from tests.support.callers import Caller, person
from tests.support.membership import EXPERTS, INSTITUTIONS, entered
from tests.support.merges import merged
from tests.support.principals import enter_principal

_STRANGER = AccessContext("public")


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, _STRANGER, Origin()) as uow:
        yield uow


async def _found(database: Database, *people: NamedPerson) -> list[UUID]:
    async with _opened(database) as uow:
        return await find_or_add(uow, people)


def _named(**more: Any) -> NamedPerson:
    """Somebody whom nobody else is."""
    names = more.pop("names", None) or [{"given": "Nina", "family": f"Sz{uuid4().hex}", "kind": "preferred"}]
    return NamedPerson(**{"names": names, "country": "XA", "category": "supporter", **more})


async def test_an_unknown_signer_becomes_a_restricted_prospect(database: Database, admin: Caller) -> None:
    address = f"{uuid4().hex}@Example.org"
    signer = _named(email=address, email_verified=True, organisation="University of the Delta", role="Reader")
    (found,) = await _found(database, signer)
    expert = (await admin.get(f"{EXPERTS}/{found}")).json()
    assert (expert["status"], expert["visibility"], expert["category"]) == ("prospect", "restricted", "supporter")
    assert expert["emails"] == [{"value": address, "visibility": "restricted", "verified": True}]
    assert [(one["raw"], one["role"], one["asserted_by"]) for one in expert["affiliations"]] == [
        ("University of the Delta", "Reader", "self")
    ]
    history = (await admin.get(f"{EXPERTS}/{found}/history")).json()["items"]
    assert [line["action"] for line in history] == ["create"]
    assert (await admin.get(f"{EXPERTS}?q={signer.sort_name.split()[1]}")).json()["items"][0]["id"] == str(found)


async def test_a_verified_address_finds_its_expert_whatever_the_name(database: Database, admin: Caller) -> None:
    address = f"{uuid4().hex}@example.org"
    (first,) = await _found(database, _named(email=address, email_verified=True))
    before = (await admin.get(f"{EXPERTS}/{first}")).json()
    other = _named(email=address.upper(), email_verified=True, country="XB", organisation="Elsewhere")
    assert await _found(database, other) == [first]
    assert (await admin.get(f"{EXPERTS}/{first}")).json() == before


async def test_an_unverified_address_finds_nobody(database: Database, admin: Caller) -> None:
    address = f"{uuid4().hex}@example.org"
    known = await entered(admin, emails=[{"value": address}])
    by_list, by_signature = await _found(database, _named(email=address), _named(email=address, email_verified=True))
    assert len({UUID(known["id"]), by_list, by_signature}) == 3


async def _confirmed(superuser: asyncpg.Connection, record: dict[str, Any], *, is_verified: bool = True) -> str:
    """An address that the owner of a record confirmed for their account; the record does not name it."""
    principal, address = person(f"person {uuid4().hex}"), f"{uuid4().hex}@example.org"
    await enter_principal(superuser, principal)
    change = "UPDATE access_account SET email = $2, email_key = $2, email_verified = $3 WHERE id = $1"
    await superuser.execute(change, principal.id, address, is_verified)
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(record["id"]), principal.id)
    return address


async def _nina(admin: Caller) -> tuple[dict[str, Any], list[Any]]:
    """A record, and another spelling of its name."""
    family = f"Sz{uuid4().hex}"
    record = await entered(admin, names=[{"given": "Nina", "family": family}])
    return record, [{"full": f"N. {family}"}]


async def test_a_list_finds_whoever_confirmed_the_address_whatever_the_spelling(
    database: Database, admin: Caller, superuser: asyncpg.Connection
) -> None:
    record, spelled = await _nina(admin)
    address = await _confirmed(superuser, record)
    listed = _named(names=spelled, email=address.upper(), organisation="Elsewhere", is_listed=True)
    assert await _found(database, listed) == [UUID(record["id"])]
    for other in (
        replace(listed, is_listed=False),
        replace(listed, country="XB"),
        replace(listed, names=[{"given": "An", "family": "Assistant"}]),
    ):
        assert await _found(database, other) != [UUID(record["id"])]


async def test_an_address_of_two_or_one_that_is_not_confirmed_finds_nobody(
    database: Database, admin: Caller, superuser: asyncpg.Connection
) -> None:
    (one, spelled), (unconfirmed, its) = await _nina(admin), await _nina(admin)
    shared = await _confirmed(superuser, one)
    other = await entered(admin, names=one["names"])
    emails = [{"value": shared, "visibility": "restricted", "verified": True}]
    await superuser.execute(
        "UPDATE member_expert SET emails = $2::text::jsonb, email_keys = ARRAY[$3] WHERE id = $1",
        UUID(other["id"]),
        orjson.dumps(emails).decode(),
        shared,
    )
    alone = await _confirmed(superuser, unconfirmed, is_verified=False)
    found = await _found(
        database,
        _named(names=spelled, email=shared, is_listed=True),
        _named(names=its, email=alone, is_listed=True),
    )
    assert not {str(key) for key in found} & {one["id"], other["id"], unconfirmed["id"]}


async def test_a_verified_address_is_not_given_to_a_namesake(database: Database, admin: Caller) -> None:
    known = await entered(admin, names=[{"given": "Nina", "family": f"Sz{uuid4().hex}"}])
    person = _named(names=known["names"], email=f"{uuid4().hex}@example.org", email_verified=True)
    assert await _found(database, person) != [UUID(known["id"])]


async def test_a_list_finds_the_expert_of_the_same_name_country_and_organisation(
    database: Database, admin: Caller
) -> None:
    family = f"Szabó{uuid4().hex}"
    known = await entered(admin, names=[{"given": "Nina", "family": family}])
    await admin.post(f"{EXPERTS}/{known['id']}/affiliations", {"raw": "Univérsity of the Delta"})
    names = [{"full": f"NINA {family.replace('ó', 'o')}", "kind": "preferred"}]
    spelt = {"names": names, "organisation": "university of the delta."}
    assert await _found(database, _named(**spelt)) == [UUID(known["id"])]
    elsewhere = [{"country": "XB"}, {"organisation": "Another"}, {"organisation": None}]
    others = await _found(database, *(_named(**{**spelt, **more}) for more in elsewhere))
    assert len({UUID(known["id"]), *others}) == 4


async def test_an_institution_is_meant_by_its_id_and_by_its_name(database: Database, admin: Caller) -> None:
    name = f"Academy {uuid4().hex}"
    made = [await admin.post(INSTITUTIONS, {"names": [{"value": name}], "country": "XA"}) for _ in range(2)]
    winner, loser = (one.json() for one in made)
    person = _named(organisation=UUID(winner["id"]))
    (found,) = await _found(database, person)
    await merged(admin, winner, loser)
    same = [{"organisation": name}, {"organisation": UUID(loser["id"])}]
    assert await _found(database, *(_named(names=person.names, **one) for one in same)) == [found, found]


async def test_two_addresses_of_one_name_are_two_people(database: Database) -> None:
    person = _named(organisation="Delta", email=f"{uuid4().hex}@example.org")
    other = _named(names=person.names, organisation="Delta", email=f"{uuid4().hex}@example.org")
    without = _named(names=person.names, organisation="Delta")
    first, second = await _found(database, person, other)
    assert first != second
    assert await _found(database, other, without) == [second, first]


async def test_a_mention_without_an_address_is_of_the_first_of_the_name(database: Database) -> None:
    person = _named(organisation="Delta", email=f"{uuid4().hex}@example.org")
    bare = _named(names=person.names, organisation="delta")
    other = _named(names=person.names, organisation="Delta", email=f"{uuid4().hex}@example.org")
    found = await _found(database, person, bare, other, bare)
    assert found == [found[0], found[0], found[2], found[0]]
    assert found[0] != found[2]


async def test_mentions_of_one_person_become_one_record_in_their_order(database: Database) -> None:
    one, other = _named(organisation="Delta"), _named()
    found = await _found(database, one, other, one, other)
    assert found == [found[0], found[1], found[0], found[1]]
    assert found[0] != found[1]
    assert await _found(database, other, one) == [found[1], found[0]]


async def test_who_was_merged_or_has_ended_is_not_found(
    database: Database, admin: Caller, superuser: asyncpg.Connection
) -> None:
    person = _named()
    (loser,) = await _found(database, person)
    winner = await entered(admin)
    await merged(admin, winner, (await admin.get(f"{EXPERTS}/{loser}")).json())
    (second,) = await _found(database, person)
    assert second not in (loser, UUID(winner["id"]))
    await admin.step(f"{EXPERTS}/{second}", "mark_deceased", reason="A letter of the family")
    assert await _found(database, person) != [second]


async def test_two_lists_at_once_add_a_person_once(database: Database) -> None:
    people = [_named() for _ in range(20)]
    found = await asyncio.gather(*(_found(database, *order) for order in (people, people[::-1], people)))
    assert found[0] == found[1][::-1] == found[2]


@pytest.mark.parametrize("is_known", [False, True])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    database: Database, is_known: bool
) -> None:
    async def statements(people: Sequence[NamedPerson]) -> int:
        if is_known:
            await _found(database, *people)
        sent: list[str] = []
        async with _opened(database) as uow:
            with uow.connection.query_logger(lambda one: sent.append(one.query)):
                await find_or_add(uow, people)
        return len(sent)

    def crowd(size: int) -> list[NamedPerson]:
        verified = [_named(email=f"{uuid4().hex}@example.org", email_verified=True) for _ in range(size)]
        return [*verified, *(_named(organisation="Delta") for _ in range(size))]

    await _found(database, _named())
    assert await statements(crowd(1)) == await statements(crowd(200))


async def test_a_dry_look_adds_nobody(database: Database, superuser: asyncpg.Connection) -> None:
    known, unknown = _named(), _named()
    (first,) = await _found(database, known)
    async with _opened(database) as uow:
        assert await find(uow.connection, [unknown, known]) == [None, first]
    count = "SELECT count(*) FROM member_expert WHERE sort_name = $1"
    assert await superuser.fetchval(count, unknown.sort_name) == 0


async def test_signs_are_no_name_by_which_anybody_is_found(database: Database) -> None:
    signs = [_named(names=[{"full": name}]) for name in ("***", "???", "***")]
    found = await _found(database, *signs)
    assert found == [found[0], found[1], found[0]]
    assert found[0] != found[1]
