"""Seats: one holder of an office at a time, partial dates, ends."""

from uuid import uuid4

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.centres import COMMITTEES, SEATS, Members, entered, seated, stepped, unused_country


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ({"from": "2024-01-01"}, {"from": "2025-01-01"}, 409),
        ({"from": "2024"}, {"from": "2024-06", "to": "2024-09"}, 409),
        ({"from": "2022", "to": "2024"}, {"from": "2023-05"}, 409),
        ({"from": "2022", "to": "2024"}, {"from": "2024"}, 201),
        ({"from": "2022-01-01", "to": "2024-05-31"}, {"from": "2024-05-31"}, 201),
        ({"from": "2024-02", "to": "2024"}, {"from": "2025"}, 201),
        ({"to": "2020"}, {"from": "2019"}, 409),
        ({}, {"to": "1999"}, 409),
    ],
)
async def test_an_office_has_one_holder_at_a_time(
    admin: Caller, committee_of_its_own: str, first: dict[str, str], second: dict[str, str], status: int
) -> None:
    body = {"committee_id": committee_of_its_own, "person": {"name": "Somebody"}, "office": "secretary"}
    await entered(admin, SEATS, {**body, **first})
    response = await admin.post(SEATS, {**body, **second})
    assert response.status_code == status, response.text
    if status == 409:
        assert response.json()["code"] == "conflict"
        assert response.json()["errors"][0]["pointer"] == "/office"


@pytest.fixture
async def committee_of_its_own(admin: Caller) -> str:
    """A committee that ends at once, so that its country stays free."""
    body = {"country": "XC", "names": {"en": "Short-lived"}}
    committee = await entered(admin, COMMITTEES, body)
    await stepped(admin, committee, "abandon")
    return str(committee["id"])


async def test_members_share_their_office(admin: Caller, committee_of_its_own: str) -> None:
    body = {"committee_id": committee_of_its_own, "person": {"name": "A"}, "office": "member", "from": "2024"}
    await entered(admin, SEATS, body)
    await entered(admin, SEATS, body)


async def test_an_end_frees_the_office(admin: Caller, members: Members, superuser: asyncpg.Connection) -> None:
    country = unused_country()
    committee = await entered(admin, COMMITTEES, {"country": country, "names": {"en": "Ends"}})
    person = {"expert_id": await members.expert(country)}
    seat = await seated(admin, committee, "president", person=person)
    assert (seat["person"], seat["from"], seat["to"], seat["status"]) == (person, "2026-01-01", None, "appointed")
    early = await admin.step(seat["links"]["self"], "end", fields={"to": "2025"})
    assert early.json()["errors"][0]["pointer"] == "/fields/to"
    ended = await stepped(admin, seat, "end", fields={"to": "2026-06"})
    assert (ended["status"], ended["to"]) == ("ended", "2026-06")
    await seated(admin, committee, "president", **{"from": "2026-07"})
    types = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", seat["id"])
    assert [row["type"].split(".")[3] for row in types] == ["appointed", "ended"]
    published = await superuser.fetchrow("SELECT * FROM centre_published_seat WHERE id = $1", seat["id"])
    assert (published["status"], str(published["expert_id"])) == ("ended", person["expert_id"])


async def test_a_seat_names_one_person_and_a_committee_that_is_there(admin: Caller, committee_of_its_own: str) -> None:
    body = {"committee_id": committee_of_its_own, "office": "member"}
    both = await admin.post(SEATS, {**body, "person": {"name": "A", "expert_id": str(uuid4())}})
    assert both.json()["errors"][0]["pointer"] == "/person"
    unknown = await admin.post(SEATS, {**body, "person": {"expert_id": str(uuid4())}})
    assert unknown.json()["errors"][0] == {
        "pointer": "/person/expert_id",
        "code": "unknown_reference",
        "detail": "There is no such expert.",
    }
    nowhere = await admin.post(SEATS, {**body, "committee_id": str(uuid4()), "person": {"name": "A"}})
    assert nowhere.json()["errors"][0]["pointer"] == "/committee_id"
    backwards = await admin.post(SEATS, {**body, "person": {"name": "A"}, "from": "2024", "to": "2023"})
    assert backwards.json()["errors"][0]["pointer"] == "/to"
    chair = await admin.post(SEATS, {**body, "person": {"name": "A"}, "office": "chair"})
    assert chair.status_code == 422


async def test_a_seat_is_corrected(admin: Caller, committee_of_its_own: str) -> None:
    body = {"committee_id": committee_of_its_own, "person": {"name": "Aida Ruiz"}, "office": "member", "from": "2024"}
    seat = await entered(admin, SEATS, body)
    path = seat["links"]["self"]
    etag = (await admin.get(path)).headers["etag"]
    changed = await admin.patch(path, {"person": {"name": "Aída Ruiz"}, "from": "2024-02"}, etag=etag)
    assert (changed.json()["person"], changed.json()["from"]) == ({"name": "Aída Ruiz"}, "2024-02")
    found = (await admin.get(SEATS, params={"q": "aida ruiz", "committee_id": committee_of_its_own})).json()["items"]
    assert [item["id"] for item in found] == [seat["id"]]
