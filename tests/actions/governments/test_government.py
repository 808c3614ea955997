"""Government bodies, focal points and meetings."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.actions import FOCAL_POINT_VACANT
from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.actions.programme import made, steps
from tests.support.callers import Caller
from tests.support.callers import person as somebody
from tests.support.principals import enter_principal

V1 = "/actions/v1"


async def body(by: Caller, country: str = "XA") -> str:
    names = {"en": "Ministry of Water", "fr": "Ministère de l’Eau"}
    return made(await by.post(f"{V1}/government_bodies", {"country": country, "names": names, "kind": "ministry"}))


async def focal_point(by: Caller, **more: Any) -> str:
    return made(await by.post(f"{V1}/focal_points", {"country": "XA", "person": {"name": "Ada Alpha"}, **more}))


async def test_a_government_keeps_its_bodies(caller: Callable[[str | None], Caller], secretariat: Caller) -> None:
    government = caller("government_xa")
    path = await body(government)
    found = (await government.get(f"{V1}/government_bodies?q=ministere&kind=ministry")).json()["items"]
    assert path in [item["links"]["self"] for item in found]
    changed = {"website": "https://example.org/"}
    etag = (await government.get(path)).headers["etag"]
    assert (await government.patch(path, changed, etag=etag)).json()["website"] == changed["website"]
    assert (await caller("government_xb").get(path)).status_code == 200, "the network sees bodies"
    assert (await caller("government_xb").patch(path, changed, etag=etag)).status_code == 403
    assert (await caller(None).get(path)).status_code == 401

    key = path.rsplit("/", 1)[1]
    claim = {"country": "XA", "body_id": key, "level": 1}
    assert (await government.post(f"{V1}/endorsements", claim)).json()["body_id"] == key
    programme = {"country": "XB", "lead_body_id": key}
    for address, more in ((f"{V1}/endorsements", {**claim, "country": "XB"}), (f"{V1}/programmes", programme)):
        refused = await secretariat.post(address, more)
        assert refused.json()["errors"][0]["code"] == "unknown_reference"


async def test_a_focal_point_is_nominated_accepted_and_hands_over(secretariat: Caller) -> None:
    path = await focal_point(secretariat, body_id=(await body(secretariat)).rsplit("/", 1)[1], role="Director")
    active = await steps(secretariat, path, "accept")
    assert (active["status"], active["starts"]) == ("active", today().isoformat())
    for days in (-1, 61):
        until = (today() + timedelta(days=days)).isoformat()
        assert (await secretariat.step(path, "hand_over", fields={"until": until})).status_code == 422
    until = (today() + timedelta(days=60)).isoformat()
    assert (await steps(secretariat, path, "hand_over", fields={"until": until}))["ends"] == until
    assert (await steps(secretariat, path, "end"))["ends"] == today().isoformat()


async def _account(superuser: asyncpg.Connection) -> str:
    """An active account that is no expert's."""
    known = somebody(uuid4().hex)
    await enter_principal(superuser, known)
    return str(known.id)


@pytest.mark.parametrize("who", ["secretariat", "government_xa"])
async def test_a_hand_over_puts_the_successor_into_office(
    caller: Callable[[str | None], Caller], superuser: asyncpg.Connection, who: str
) -> None:
    secretariat = caller(who)
    leaving, following = await _account(superuser), await _account(superuser)
    body_id = (await body(secretariat)).rsplit("/", 1)[1]
    path = await focal_point(secretariat, body_id=body_id, role="Director", account_id=leaving)
    await steps(secretariat, path, "accept")
    letter = {"title": "Nomination", "date": "2026-10-01", "url": "https://example.org/letter.pdf"}
    successor = {"person": {"name": "Sue"}, "account_id": following, "letter": letter}
    left = await steps(secretariat, path, "hand_over", fields={"successor": successor})
    assert (left["status"], left["ends"]) == ("handing_over", (today() + timedelta(days=60)).isoformat())
    points = (await secretariat.get(f"{V1}/focal_points?country=XA&sort=-created_at")).json()["items"]
    entered = next(one for one in points if one["predecessor_id"] == left["id"])
    names = ("status", "person", "account_id", "body_id", "role", "starts")
    person_of = {"expert_id": None, "name": "Sue"}
    assert [entered[name] for name in names] == [
        "active", person_of, following, body_id, "Director", today().isoformat()
    ]  # fmt: skip
    assert (await secretariat.get(entered["links"]["self"])).json()["letter"]["title"] == "Nomination"


async def test_a_successor_whom_nobody_knows_is_refused_and_nothing_changes(secretariat: Caller) -> None:
    path = await focal_point(secretariat)
    await steps(secretariat, path, "accept")
    for successor, pointer in (
        ({"person": {"name": "Sue"}, "account_id": str(uuid4())}, "/fields/successor/account_id"),
        ({"person": {"expert_id": str(uuid4())}}, "/fields/successor/person/expert_id"),
    ):
        refused = await secretariat.step(path, "hand_over", fields={"successor": successor})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text
    assert (await secretariat.get(path)).json()["status"] == "active"


async def test_an_account_is_shown_to_grants_that_cover_the_focal_point(
    caller: Callable[[str | None], Caller], secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    account = await _account(superuser)
    path = await focal_point(secretariat, account_id=account)
    await steps(secretariat, path, "accept")
    assert (await caller("government_xa").get(path)).json()["account_id"] == account
    assert "account_id" not in (await caller("government_xb").get(path)).json()
    both = {"country": "XA", "person": {"expert_id": str(uuid4())}, "account_id": account}
    assert (await secretariat.post(f"{V1}/focal_points", both)).json()["errors"][0]["code"] == "expert_or_account"


async def test_the_last_focal_point_of_a_country_leaves_it_vacant_once(
    secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    country = "TK"
    announced = "SELECT count(*) FROM core_outbox WHERE type = $1 AND country = $2"
    points = [await focal_point(secretariat, country=country) for _ in range(3)]
    for path in points:
        await steps(secretariat, path, "accept")
    await steps(secretariat, points[0], "hand_over")
    await steps(secretariat, points[1], "end")
    assert await superuser.fetchval(announced, FOCAL_POINT_VACANT, country) == 0
    await asyncio.gather(*(secretariat.step(path, "end") for path in (points[0], points[2])))
    assert await superuser.fetchval(announced, FOCAL_POINT_VACANT, country) == 1
    lines = [(await secretariat.get(f"{path}/history")).json()["items"] for path in (points[0], points[2])]
    assert sorted(line[0]["action"] for line in lines) == ["end", "leave_vacant"]


async def test_a_focal_point_is_one_person(secretariat: Caller) -> None:
    for person in ({}, {"name": "Ada", "expert_id": "019b76da-a800-7000-8000-00000000dead"}):
        response = await secretariat.post(f"{V1}/focal_points", {"country": "XA", "person": person})
        assert response.json()["errors"][0]["pointer"] == "/person"
    assert (await secretariat.get(await focal_point(secretariat))).json()["person"]["name"] == "Ada Alpha"


async def test_a_meeting_is_between_those_who_held_it(
    caller: Callable[[str | None], Caller], secretariat: Caller
) -> None:
    meeting = {
        "country": "XA",
        "kind": "hybrid",
        "date": "2026-03-04",
        "titles": {"en": "First round"},
        "participants": ["Ada Alpha", {"name": "Ben Beta", "role": "chair"}],
        "decisions": ["Go on", {"key": "D2", "text": "Name a focal point"}],
    }
    path = made(await secretariat.post(f"{V1}/meetings", meeting))
    seen = (await caller("focal_xa").get(path)).json()
    assert (seen["status"], seen["visibility"]) == ("held", "restricted")
    assert [each if isinstance(each, str) else each["text"] for each in seen["decisions"]] == [
        "Go on",
        "Name a focal point",
    ]
    assert (await caller("government_xb").get(path)).status_code == 404
    assert (await secretariat.step(path, "cancel")).json()["code"] == "unknown_action"


@pytest.mark.parametrize(
    ("who", "country", "status", "visibility", "known"),
    [
        ("government_xa", "XA", "prospect", "restricted", True),
        ("government_xa", "XB", "active", "network", True),
        ("government_xa", "XB", "active", "restricted", False),
        ("government_xa", "XB", "prospect", "public", False),
        ("secretariat", "XB", "prospect", "restricted", True),
        ("secretariat", None, "", "", False),
    ],
)
async def test_a_focal_point_names_an_expert_that_the_caller_knows(
    caller: Callable[[str | None], Caller],
    superuser: asyncpg.Connection,
    who: str,
    country: str | None,
    status: str,
    visibility: str,
    known: bool,
) -> None:
    """A reference to an expert that is hidden from the caller has the response of an unknown one, in a new record and a
    patch."""
    by = caller(who)
    named: dict[str, str | None] = {"expert_id": str(uuid4()), "name": None}
    if country is not None:
        place = {"country": country, "status": status, "visibility": visibility, "category": "expert"}
        named["expert_id"] = str(await enter(superuser, "member_expert", **place))
    response = await by.post(f"{V1}/focal_points", {"country": "XA", "person": named})
    path = await focal_point(by)
    etag = (await by.get(path)).headers["etag"]
    changed = await by.patch(path, {"person": named}, etag=etag)
    if known:
        assert (response.status_code, changed.status_code) == (201, 200), response.text + changed.text
        return
    for refused in (response, changed):
        assert refused.status_code == 422, refused.text
        error = refused.json()["errors"][0]
        assert (error["code"], error["pointer"]) == ("unknown_reference", "/person/expert_id")
        assert error["detail"] == "There is no such expert."
