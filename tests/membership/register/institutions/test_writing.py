"""Creating and changing institutions, and their transitions."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.support.callers import Caller
from tests.support.institutions import ROR, institution, submitted, verified
from tests.support.membership import INSTITUTIONS

At = Callable[[str | None], Caller]


async def test_an_institution_is_returned_as_it_was_entered(admin: Caller) -> None:
    body = institution(
        "Ostrava of Varn",
        ror="02mhbdp94",
        types=["education", "education"],
        domains=["WWW.Varn.example", "varn.example"],
        links=["https://varn.example/about"],
        locations=[{"city": "Varn", "subdivision": "North", "geonames": 7, "lat": 1.5, "lon": -2}],
        heri=True,
    )
    response = await admin.post(INSTITUTIONS, body)
    created = response.json()
    assert response.status_code == 201, created
    assert response.headers["location"] == created["links"]["self"]
    assert created["ref"].startswith("INS-")
    assert (created["status"], created["version"], created["visibility"]) == ("submitted", 1, "network")
    assert created["ror"] == ROR
    assert created["types"] == ["education"]
    assert created["domains"] == ["varn.example"]
    assert created["locations"] == [{"city": "Varn", "subdivision": "North", "geonames": 7, "lat": 1.5, "lon": -2.0}]
    assert created["links"]["web_pages"] == ["https://varn.example/about"]


async def test_a_ror_id_is_held_once_in_a_country_by_what_is_alive(admin: Caller) -> None:
    first = await submitted(admin, ror="https://ror.org/03yrm5c26", country="XB")
    again = await admin.post(INSTITUTIONS, institution(ror="03yrm5c26", country="XB"))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert again.json()["errors"][0]["pointer"] == "/ror"
    assert (await admin.step(f"{INSTITUTIONS}/{first['id']}", "withdraw")).status_code == 200
    assert (await admin.post(INSTITUTIONS, institution(ror="03yrm5c26", country="XB"))).status_code == 201


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"ror": "https://ror.org/02mhbdp95"}, "/ror", "ror_checksum"),
        ({"ror": "02mhbdp9"}, "/ror", "ror_checksum"),
        ({"country": "ZZ"}, "/country", "unknown_country"),
        ({"names": []}, "/names", None),
        ({"names": [{"value": "x" * 501}]}, "/names/0/value", None),
        ({"names": [{"value": "x", "types": ["nickname"]}]}, "/names/0/types/0", None),
        ({"names": [{"value": "a\u0000b"}]}, "/names/0/value", "invalid_text"),
        ({"types": ["school"]}, "/types/0", None),
        ({"domains": ["not a domain"]}, "/domains/0", "invalid_domain"),
        ({"links": ["javascript:alert(1)"]}, "/links/0", None),
        ({"locations": [{"lat": 91}]}, "/locations/0/lat", None),
        ({"locations": [{"lon": -181}]}, "/locations/0/lon", None),
        ({"heri": "perhaps"}, "/heri", None),
        ({"domains": [f"d{n}.example" for n in range(51)]}, "/domains", None),
    ],
)
async def test_what_is_out_of_bounds_is_refused_with_its_place(
    admin: Caller, more: dict[str, Any], pointer: str, code: str | None
) -> None:
    response = await admin.post(INSTITUTIONS, institution(**more))
    assert response.status_code == 422, response.text
    fault = response.json()["errors"][0]
    assert fault["pointer"] == pointer
    assert code in (None, fault["code"])


@pytest.mark.parametrize("name", ["status", "id", "merged_into", "display_name", "nonsense"])
async def test_fields_of_the_server_are_refused(admin: Caller, name: str) -> None:
    response = await admin.post(INSTITUTIONS, institution(**{name: "x"}))
    assert (response.status_code, response.json()["code"]) == (422, "unknown_field")


async def test_a_patch_moves_the_lookups_with_it_and_an_empty_one_changes_nothing(admin: Caller) -> None:
    row = await submitted(admin, "Mutabor College", domains=["mutabor.example"])
    path = f"{INSTITUTIONS}/{row['id']}"
    etag = (await admin.get(path)).headers["etag"]
    same = await admin.patch(path, {"domains": ["www.mutabor.example"]}, etag=etag)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    names = [{"value": "Novabor College", "types": ["label"]}]
    changed = await admin.patch(path, {"names": names, "domains": ["novabor.example"], "ror": None}, etag=etag)
    assert changed.json()["version"] == 2
    assert changed.json()["display_name"] == "Novabor College"
    for query, count in (
        ("domain=mutabor.example", 0),
        ("domain=novabor.example", 1),
        ("q=mutabor", 0),
        ("q=novab", 1),
    ):
        assert len((await admin.get(f"{INSTITUTIONS}?{query}")).json()["items"]) == count, query
    found = await admin.get(f"{INSTITUTIONS}/match", params={"affiliation": "Novabor College"})
    assert found.json()["items"][0]["institution"]["id"] == row["id"]
    assert (await admin.patch(path, {"heri": False}, etag=etag)).status_code == 412


async def test_the_life_of_an_institution_is_shown_in_its_history(admin: Caller) -> None:
    row = await verified(admin)
    path = f"{INSTITUTIONS}/{row['id']}"
    for action, status in (("deactivate", "inactive"), ("reactivate", "verified"), ("withdraw", "withdrawn")):
        response = await admin.step(path, action)
        assert (response.status_code, response.json()["status"]) == (200, status)
    assert (await admin.get(path)).json()["allowed_actions"] == []
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["withdraw", "reactivate", "deactivate", "verify", "create"]
    refused = await admin.step(path, "verify")
    assert (refused.status_code, refused.json()["current_state"]) == (409, "withdrawn")


async def test_a_linked_one_returns_its_winner(admin: Caller, anonymous: Caller) -> None:
    winner = await verified(admin, "Lindale University", visibility="public")
    loser = await submitted(admin, "Lindale Univ.")
    path = f"{INSTITUTIONS}/{loser['id']}"
    offer = {o["action"]: o for o in (await admin.get(f"{path}/transitions")).json()["allowed_actions"]}["link"]
    assert (offer["fields"], offer["reason"]) == (["institution_id"], "institution_missing")
    assert set(offer["fields_schema"]["properties"]) == {"institution_id"}
    for wrong in ("x", loser["id"], "00000000-0000-0000-0000-000000000000", 7):
        refused = await admin.step(path, "link", fields={"institution_id": wrong})
        assert (refused.status_code, refused.json()["reason"]) == (409, "institution_unknown")
    linked = await admin.step(path, "link", fields={"institution_id": winner["id"]})
    assert (linked.status_code, linked.json()["status"]) == (200, "linked")
    moved = await admin.get(path, follow_redirects=False)
    assert moved.status_code == 308
    assert moved.headers["location"].endswith(winner["id"])
    assert (await anonymous.get(path)).status_code == 404
    listed = (await admin.get(f"{INSTITUTIONS}?q=lindale")).json()["items"]
    assert [item["id"] for item in listed] == [winner["id"]]


async def test_who_may_do_what(admin: Caller, caller: At) -> None:
    officer, author, focal = caller("officer"), caller("author_xa"), caller("focal_xa")
    row = await submitted(author, "Permitta College")
    path = f"{INSTITUTIONS}/{row['id']}"
    assert (await author.step(path, "verify")).status_code == 403
    entered = await focal.post(INSTITUTIONS, institution(f"Focal {uuid4().hex}"))
    assert (entered.status_code, entered.json()["status"]) == (201, "candidate"), "like any person"
    abroad = await author.post(INSTITUTIONS, institution(country="XB"))
    assert (abroad.status_code, abroad.json()["code"]) == (403, "country_forbidden")
    assert (await author.post(INSTITUTIONS, institution(visibility="public"))).status_code == 403
    assert (await officer.step(path, "verify")).status_code == 200
    assert (await caller(None).post(INSTITUTIONS, institution())).status_code == 401
    assert (await caller("auditor").step(path, "deactivate")).status_code == 403
