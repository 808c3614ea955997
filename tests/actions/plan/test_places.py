"""Actions are described and located, and found by their places and by who takes part."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.database.pool import Database
from tests.actions.neighbours import change, enter
from tests.actions.programme import ACTIONS, action, programme
from tests.actions.test_merges import announce
from tests.support.callers import Caller

_POINT = {"lat": 12.5, "lon": -30.25}


def _place(name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "subdivision": None, "lat": None, "lon": None, **more}


async def _found(by: Caller, query: str) -> set[str]:
    page = await by.get(f"{ACTIONS}?{query}")
    assert page.status_code == 200, page.text
    return {item["links"]["self"] for item in page.json()["items"]}


async def test_an_action_has_a_description_and_locations(secretariat: Caller) -> None:
    places = [_place("Upper Alpha", **_POINT), _place(subdivision="Delta")]
    texts = {"en": "Restores wetlands.", "fr": "Restaure des zones humides."}
    path = await action(secretariat, await programme(secretariat), "core", descriptions=texts, locations=places)
    made = (await secretariat.get(path)).json()
    assert (made["descriptions"], made["locations"]) == (texts, places)
    bare = (await secretariat.get(await action(secretariat, await programme(secretariat), "core"))).json()
    assert (bare["descriptions"], bare["locations"]) == ({}, [])
    changed = await secretariat.change(path, descriptions={"fr": None}, locations=places[1:])
    assert (changed.json()["descriptions"], changed.json()["locations"]) == ({"en": texts["en"]}, places[1:])


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"locations": [_place(**_POINT)]}, "/locations/0", "name_or_subdivision"),
        ({"locations": [_place("A", lat=1)]}, "/locations/0", "lat_and_lon"),
        ({"locations": [_place("A", lat=90.1, lon=0)]}, "/locations/0/lat", "out_of_range"),
        ({"locations": [_place("A", lat=0, lon=-180.1)]}, "/locations/0/lon", "out_of_range"),
        ({"locations": [_place("A", lat=0, lon=0, alt=1)]}, "/locations/0/alt", "unknown_field"),
        ({"locations": [_place("A\0")]}, "/locations/0/name", "invalid_text"),
        ({"locations": [_place("A")] * 51}, "/locations", "too_long"),
        ({"descriptions": {"english": "x"}}, "/descriptions/english", "invalid_format"),
        ({"descriptions": {"en": ""}}, "/descriptions/en", "too_short"),
    ],
)
async def test_what_is_no_place_is_refused(secretariat: Caller, wrong: dict[str, Any], pointer: str, code: str) -> None:
    path = await programme(secretariat)
    body = {"programme_id": path.rpartition("/")[2], "pillar": "core", "titles": {"en": "Soils"}}
    refused = await secretariat.post(ACTIONS, {**body, **wrong})
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


async def test_actions_are_found_by_their_places(secretariat: Caller, caller: Callable[[str | None], Caller]) -> None:
    path = await programme(secretariat, visibility="restricted")
    of = f"programme_id={path.rpartition('/')[2]}"
    word = uuid4().hex
    named = await action(secretariat, path, "core", locations=[_place(f"Lake {word}", **_POINT), _place("Other")])
    inside = await action(secretariat, path, "core", locations=[_place("Here", subdivision=f"LAKE {word}")])
    far = await action(secretariat, path, "core", locations=[_place("Islands", lat=-16.5, lon=179.9)])
    assert await _found(secretariat, f"place=lake%20{word}") == {named, inside}
    assert await _found(secretariat, f"place={word}") == set()
    for box, expected in (
        ("-31,12,-30,13", {named}),
        ("-30.25,12.5,-30.25,12.5", {named}),
        ("-30,12,-29,13", set()),
        ("-31,13,-30,14", set()),
        ("179,-17,-179,-16", {far}),
        ("-179,-17,179,-16", set()),
        ("-180,-90,180,90", {named, far}),
    ):
        assert await _found(secretariat, f"bbox={box}&{of}") == expected, box
    await secretariat.change(named, locations=[])
    assert await _found(secretariat, f"place=lake%20{word}") == {inside}
    for name in ("government_xb", "applicant"):
        assert await _found(caller(name), f"place=lake%20{word}") == set()


@pytest.mark.parametrize(
    "wrong",
    ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,0,1,1", "bbox=0,2,1,1", "bbox=0,0,181,1", "bbox=0,-inf,1,1", "bbox=",
     "institution_id=x", "place=a%00"],
)  # fmt: skip
async def test_a_wrong_filter_is_refused(secretariat: Caller, wrong: str) -> None:
    refused = await secretariat.get(f"{ACTIONS}?{wrong}")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")
    assert refused.json()["errors"][0]["parameter"] == wrong.partition("=")[0]


async def test_actions_are_found_by_who_takes_part(
    secretariat: Caller, database: Database, superuser: asyncpg.Connection, caller: Callable[[str | None], Caller]
) -> None:
    loser, winner = [await enter(superuser, "member_institution", status="verified") for _ in range(2)]
    path = await programme(secretariat, visibility="restricted")
    one = await action(secretariat, path, "core", participants=[_part(loser, 1), _part(loser, 4)])
    both = await action(secretariat, path, "core", participants=[_part(winner, 4), _part(loser, 2)])
    assert await _found(secretariat, f"institution_id={loser}") == {one, both}
    assert await _found(secretariat, f"institution_id={winner}&country=XA") == {both}
    for name in ("government_xb", "applicant"):
        assert await _found(caller(name), f"institution_id={loser}") == set()
    await change(superuser, "member_institution", loser, merged_into=winner)
    await announce(database, "institution", "merged", winner)
    assert await _found(secretariat, f"institution_id={winner}") == {one, both}


def _part(institution: UUID, role: int) -> dict[str, Any]:
    return {"institution_id": str(institution), "role": role}


async def test_a_published_programme_shows_the_places_of_its_actions(
    secretariat: Caller, caller: Callable[[str | None], Caller]
) -> None:
    path = await programme(secretariat, visibility="network")
    word = uuid4().hex
    made = await action(secretariat, path, "core", locations=[_place(word)])
    assert await _found(caller("government_xb"), f"place={word}") == set()
    assert (await secretariat.step(made, "approve")).status_code == 200
    assert await _found(caller("government_xb"), f"place={word}") == {made}
    assert (await secretariat.change(path, visibility="restricted")).status_code == 200
    assert await _found(caller("government_xb"), f"place={word}") == set()
