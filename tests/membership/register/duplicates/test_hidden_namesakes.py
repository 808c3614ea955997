"""The possible duplicates that a caller sees, and their scores, do not depend on hidden records."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest

from tests.membership.register.duplicates.conftest import DUPLICATES, At, called, founded, searched
from tests.support.callers import Caller
from tests.support.membership import EXPERTS

_MATCH = "/membership/v1/institutions/match"
_DELETE = ("DELETE FROM member_duplicate WHERE $1 IN (a, b)", "DELETE FROM member_expert_value WHERE expert_id = $1",
           "DELETE FROM member_expert WHERE id = $1")  # fmt: skip
Crowd = list[tuple[str, str]]
CROWDS: dict[str, Crowd] = {
    "one": [("Anselm", "Brightwater")],
    "as many as are looked at": [("Anselm", "Brightwater")] * 45,
    "those of the same key": [("Albrecht", "Brightwater")] * 20 + [("A.", "Brightwater")] * 30,
}


@pytest.fixture(autouse=True)
async def alone(superuser: asyncpg.Connection) -> AsyncIterator[None]:
    """No expert has one of these names, before or after."""
    await _forget_everybody(superuser)
    yield
    await _forget_everybody(superuser)


async def _forget_everybody(superuser: asyncpg.Connection) -> None:
    for row in await superuser.fetch("SELECT id FROM member_expert WHERE display_name LIKE '%Brightwater'"):
        for statement in _DELETE:
            await superuser.execute(statement, row["id"])


async def _hide(office: Caller, crowd: Sequence[tuple[str, str]]) -> None:
    """Restricted ones of XC, and prospects that the network does not see."""
    for number, name in enumerate(crowd):
        visibility = "restricted" if number % 2 == 0 else "network"
        response = await office.post(EXPERTS, called(*name, country="XC", visibility=visibility))
        assert response.status_code == 201, response.text


async def _published(office: Caller, superuser: asyncpg.Connection, visibility: str) -> None:
    response = await office.post(EXPERTS, called("Anselm", "Brightwater", country="XB", visibility=visibility))
    await superuser.execute("UPDATE member_expert SET status = 'active' WHERE id = $1", response.json()["id"])


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("at_home", [2, 45], ids=["few at home", "many at home"])
async def test_creating_an_expert_returns_the_same(
    at: At, office: Caller, superuser: asyncpg.Connection, crowd: str, at_home: int
) -> None:
    author = at("author_xa")
    names = [("Anselm", "Brightwater"), *[("Almut", "Brightwater")] * (at_home - 1)]
    for name in names:
        assert (await office.post(EXPERTS, called(*name, visibility="restricted"))).status_code == 201
    for visibility in ("public", "network"):
        await _published(office, superuser, visibility)

    async def shown() -> tuple[Any, Any]:
        response = (await author.post(EXPERTS, called("Anselm", "Brightwater"))).json()
        pairs = (await author.get(DUPLICATES, params={"record": response["id"]})).json()["items"]
        for statement in _DELETE:
            await superuser.execute(statement, response["id"])
        scores = [(pair["score"], pair["reasons"], pair["a"]) for pair in pairs]
        return response["duplicates"], sorted(scores)

    before = await shown()
    assert len(before[0]) >= 3
    await _hide(office, CROWDS[crowd])
    assert await shown() == before


async def test_a_search_is_as_sure_of_a_pair(
    at: At, office: Caller, superuser: asyncpg.Connection, worker: None
) -> None:
    own = (await office.post(EXPERTS, called("Anselm", "Brightwater"))).json()["id"]
    assert (await office.post(EXPERTS, called("A.", "Brightwater"))).status_code == 201

    async def shown() -> list[Any]:
        await superuser.execute("DELETE FROM member_duplicate")
        await searched(office)
        pairs = (await at("author_xa").get(DUPLICATES, params={"record": own})).json()["items"]
        return [(pair["a"], pair["b"], pair["score"], pair["reasons"]) for pair in pairs]

    before = await shown()
    assert before
    await _hide(office, [("A.", "Brightwater")] * 8)
    assert await shown() == before


async def test_creating_an_institution_returns_the_same(at: At, office: Caller, superuser: asyncpg.Connection) -> None:
    body: dict[str, Any] = {"name": "University of Brightwater", "domains": ["brightwater.example"]}

    async def shown() -> list[float]:
        known = await founded(office, **body)
        response = await founded(at("author_xa"), "Brightwater University", domains=["brightwater.example"])
        for key in (response["id"], known["id"]):
            for table, column in (("duplicate", "b"), ("institution_value", "institution_id"), ("institution", "id")):
                await superuser.execute(f"DELETE FROM member_{table} WHERE {column} = $1", key)
        assert [each["id"] for each in response["duplicates"]] == [known["id"]]
        return [each["score"] for each in response["duplicates"]]

    before = await shown()
    for number in range(45):
        await founded(office, **body, country="XC", visibility="restricted" if number % 2 else "network")
    assert await shown() == before


async def test_a_match_returns_the_same(at: At, office: Caller) -> None:
    """A word that only a hidden institution has does not prevent a look-up."""
    await founded(office, "Thessalomoravian Institute")
    query = {"affiliation": "Institute of Thessalomurevian", "country": "XA"}
    before = (await at("author_xa").get(_MATCH, params=query)).json()
    assert before["items"]
    await founded(office, "Thessalomurevian Institute", country="XC", visibility="restricted")
    assert (await at("author_xa").get(_MATCH, params=query)).json() == before
