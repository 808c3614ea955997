"""Matching an affiliation against the register, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.support.callers import Caller
from tests.support.institutions import verified
from tests.support.membership import INSTITUTIONS

MATCH = f"{INSTITUTIONS}/match"
REGISTER: list[tuple[str, dict[str, Any]]] = [
    ("Brenholt Institute of Marine Sciences", {"domains": ["bims.example"]}),
    ("University of Kestrelmoor", {"domains": ["kestrelmoor.example"], "locations": [{"city": "Tarnby"}]}),
    ("Kestrelmoor Technical University", {"locations": [{"city": "Tarnby"}]}),
    ("Universität Grünwaldau", {}),
    ("Velmora State Pedagogical Academy", {"country": "XB"}),
    ("École Supérieure d'Ingénieurs d'Aubrelle", {}),
]


@pytest.fixture(scope="module", autouse=True)
async def register(membership: httpx.AsyncClient) -> dict[str, str]:
    admin = Caller(membership, "admin")
    return {name: (await verified(admin, name, visibility="public", **more))["id"] for name, more in REGISTER}


@pytest.mark.parametrize(
    ("affiliation", "name", "method", "chosen"),
    [
        ("University of Kestrelmoor", 1, "exact", True),
        ("Dept. of Botany, Univ. of Kestrelmoor, Tarnby", 1, "exact", True),
        ("Department of Physics, Kestrelmor Technical Univercity", 2, "trigram", False),
        ("Technical University Kestrelmoor", 2, "trigram", False),
        ("UNIVERSITAT GRUNWALDAU", 3, "exact", True),
        ("Lab of Optics Universität Grünwaldau Tarnby", 3, "trigram", False),
        ("Velmora Pedagogical State Acadmey", 4, "trigram", False),
        ("BIMS, 12 Harbour Road", 0, "alias", False),
        ("Ecole superieure d’ingenieurs d’Aubrele", 5, "trigram", False),
        ("A. Person, a.person@lab.bims.example", 0, "domain", True),
        ("https://www.kestrelmoor.example/staff", 1, "domain", True),
    ],
)
async def test_the_right_institution_comes_first(
    anonymous: Caller, register: dict[str, str], affiliation: str, name: int, method: str, chosen: bool
) -> None:
    response = await anonymous.get(MATCH, params={"affiliation": affiliation})
    assert response.status_code == 200, response.text
    first, *others = response.json()["items"]
    assert first["institution"]["id"] == register[REGISTER[name][0]]
    assert first["institution"]["name"] == REGISTER[name][0]
    assert (first["method"], first["chosen"]) == (method, chosen)
    assert not any(other["chosen"] for other in others)
    scores = [item["score"] for item in response.json()["items"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_a_country_narrows_and_a_limit_bounds(anonymous: Caller) -> None:
    text = {"affiliation": "Kestrelmoor Velmora Brenholt"}
    every = (await anonymous.get(MATCH, params=text)).json()["items"]
    assert len(every) >= 4
    home = (await anonymous.get(MATCH, params={**text, "country": "XB"})).json()["items"]
    assert [item["institution"]["name"] for item in home] == ["Velmora State Pedagogical Academy"]
    assert (await anonymous.get(MATCH, params={**text, "limit": 2})).json()["items"] == every[:2]
    assert (await anonymous.get(MATCH, params={"affiliation": "Qqzzxxyy"})).json() == {"items": []}


async def test_an_inactive_one_counts_and_a_withdrawn_one_does_not(admin: Caller) -> None:
    row = await verified(admin, "Dormantia College")
    path = f"{INSTITUTIONS}/{row['id']}"
    for action, count in (("deactivate", 1), ("withdraw", 0)):
        assert (await admin.step(path, action)).status_code == 200
        found = (await admin.get(MATCH, params={"affiliation": "Dormantia College"})).json()["items"]
        assert [item["institution"]["id"] for item in found].count(row["id"]) == count


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "affiliation"),
        ("affiliation=", "affiliation"),
        ("affiliation=%20.%20", "affiliation"),
        ("affiliation=a%00b", "affiliation"),
        (f"affiliation={'x' * 501}", "affiliation"),
        ("affiliation=x&country=ZZ", "country"),
        ("affiliation=x&country=Pakistan", "country"),
        ("affiliation=x&limit=0", "limit"),
        ("affiliation=x&limit=21", "limit"),
        ("affiliation=x&city=y", "city"),
    ],
)
async def test_bad_questions_are_refused(anonymous: Caller, query: str, parameter: str) -> None:
    response = await anonymous.get(f"{MATCH}?{query}")
    assert response.status_code == 400, response.text
    assert response.json()["errors"][0]["parameter"] == parameter


async def test_a_bad_token_is_not_the_public(membership: httpx.AsyncClient) -> None:
    response = await membership.get(f"{MATCH}?affiliation=x", headers={"Authorization": "Bearer nobody"})
    assert response.status_code == 401
