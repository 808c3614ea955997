"""Files during screening: their holder, deadline and officer, and the transitions that wait."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.support.callers import CALLERS, Caller
from tests.support.membership import EXPERTS, activated, entered

At = Callable[[str | None], Caller]
pytestmark = pytest.mark.usefixtures("principals")


def _id(name: str) -> str:
    return str(CALLERS[name].id)


async def _at(admin: Caller, *steps: str, **fields: Any) -> dict[str, Any]:
    """An expert after these transitions."""
    record = await entered(admin, **{"emails": [{"value": "waiting@example.org"}], **fields})
    for action in steps:
        response = await admin.step(f"{EXPERTS}/{record['id']}", action, reason="For the test")
        assert response.status_code == 200, response.text
        record = response.json()
    return record


async def _waiting(who: Caller, query: str = "") -> list[str]:
    response = await who.get(f"{EXPERTS}?holder=me&limit=200{query}")
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


async def test_the_target_moves_on_by_the_time_that_the_applicant_took(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    applied = await _at(admin, "invite", "apply")
    path = f"{EXPERTS}/{applied['id']}"
    assert applied["clock"]["holder"] == "secretariat"
    assert applied["clock"]["paused_since"] is None
    asked = (await admin.step(path, "request_info", reason="Which field?")).json()
    assert asked["clock"]["holder"] == "applicant"
    assert asked["clock"]["target"] is None
    assert asked["clock"]["paused_since"] == asked["clock"]["since"]
    ago = datetime.now(UTC) - timedelta(days=9)
    await superuser.execute("UPDATE member_expert SET clock_since = $2 WHERE id = $1", applied["id"], ago)
    back = (await admin.step(path, "resubmit")).json()["clock"]
    moved = datetime.fromisoformat(back["target"]) - datetime.fromisoformat(applied["clock"]["target"])
    assert timedelta(days=9) <= moved < timedelta(days=9, minutes=5)
    assert (await admin.step(path, "start_review")).json()["clock"] == back
    assert (await admin.step(path, "approve")).json()["clock"] is None


async def test_a_term_of_another_length_needs_a_reason_and_keeps_it(admin: Caller) -> None:
    record = await _at(admin, "invite", "apply", "start_review")
    path = f"{EXPERTS}/{record['id']}"
    until = (datetime.now(UTC).date() + timedelta(days=400)).isoformat()
    bare = await admin.step(path, "approve", fields={"ends": until})
    assert (bare.status_code, [e["pointer"] for e in bare.json()["errors"]]) == (422, ["/reason"])
    far = await admin.step(path, "approve", fields={"ends": "2999-01-01"}, reason="For ever")
    assert (far.status_code, [e["pointer"] for e in far.json()["errors"]]) == (422, ["/fields/ends"])
    odd = await admin.step(path, "approve", fields={"starts": "9999-12-31"})
    assert (odd.status_code, [e["pointer"] for e in odd.json()["errors"]]) == (422, ["/fields/starts"])
    given = await admin.step(path, "approve", fields={"ends": until}, reason="Until the congress")
    assert given.json()["term"]["ends"] == until
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["reason"]) == ("approve", "Until the congress")
    assert date.fromisoformat(given.json()["term"]["starts"]) == datetime.now(UTC).date()


async def test_a_file_is_given_to_an_officer_by_a_step_that_leaves_the_state(
    admin: Caller, caller: At, superuser: asyncpg.Connection
) -> None:
    record = await _at(admin, "invite", "apply")
    path = f"{EXPERTS}/{record['id']}"
    given = await caller("officer").step(path, "assign", fields={"officer": _id("officer")})
    assert given.status_code == 200, given.text
    changed = given.json()
    assert (changed["status"], changed["version"]) == ("applied", record["version"] + 1)
    assert (changed["assignee"], changed["clock"]) == (_id("officer"), record["clock"])
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["changes"]) == (
        "assign",
        [{"pointer": "/assignee", "before": None, "after": _id("officer")}],
    )
    fact = "SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 1"
    assert await superuser.fetchval(fact, record["id"]) == "escm.membership.expert.updated.v1"
    assert (await admin.step(path, "start_review")).json()["assignee"] == _id("officer")
    assert (await admin.step(path, "assign", fields={"officer": None})).json()["assignee"] is None
    await admin.step(path, "assign", fields={"officer": _id("officer")})
    assert (await admin.step(path, "approve")).json()["assignee"] is None


@pytest.mark.parametrize(
    ("who", "fields", "status", "fault"),
    [
        ("author_xa", {"officer": _id("officer")}, 403, "not_permitted"),
        ("admin", {"officer": _id("author_xa")}, 409, "officer_not_entitled"),
        ("admin", {"officer": "00000000-0000-4000-8000-000000000000"}, 409, "officer_not_entitled"),
        ("admin", {}, 422, "/fields/officer"),
        ("admin", {"officer": "somebody"}, 422, "/fields/officer"),
        ("admin", {"officer": None, "other": 1}, 422, "/fields/other"),
    ],
)
async def test_only_offices_give_files_and_only_to_offices(
    admin: Caller, caller: At, who: str, fields: dict[str, Any], status: int, fault: str
) -> None:
    record = await _at(admin, "invite", "apply")
    response = await caller(who).step(f"{EXPERTS}/{record['id']}", "assign", fields=fields)
    body = response.json()
    assert (response.status_code, body.get("reason") or body["errors"][0]["pointer"]) == (status, fault)


async def test_an_office_elsewhere_does_not_count(admin: Caller) -> None:
    elsewhere = await _at(admin, "invite", "apply", country="KE")
    response = await admin.step(f"{EXPERTS}/{elsewhere['id']}", "assign", fields={"officer": _id("officer")})
    assert response.json()["reason"] == "officer_not_entitled"


async def test_each_sees_what_waits_for_them(admin: Caller, caller: At) -> None:
    nobodys = await _at(admin, "invite", "apply")
    reviewed = await _at(admin, "invite", "apply", "start_review")
    elsewhere = await _at(admin, "invite", "apply", country="KE")
    others = await _at(admin, "invite", "apply")
    await admin.step(f"{EXPERTS}/{others['id']}", "assign", fields={"officer": _id("admin2")})
    asked = await _at(admin, "invite", "apply", "request_info")
    for record in (await activated(admin), asked):
        assert record["id"] not in await _waiting(admin)
    officers, admins = await _waiting(caller("officer")), await _waiting(admin)
    assert {nobodys["id"], reviewed["id"]} <= set(officers)
    assert not {elsewhere["id"], others["id"]} & set(officers)
    assert {nobodys["id"], reviewed["id"], elsewhere["id"]} <= set(admins)
    assert others["id"] not in admins
    assert await _waiting(caller("admin2"), "&sort=-id") == sorted(
        {others["id"], *await _waiting(caller("admin2"))}, reverse=True
    )
    assert others["id"] in await _waiting(caller("admin2"))
    assert await _waiting(caller("author_xa")) == []


async def test_the_work_list_takes_filters_sorts_and_pages(admin: Caller, caller: At) -> None:
    wanted = [
        (await _at(admin, "invite", "apply", country="XB", names=[{"full": f"Queued {n}"}]))["id"] for n in range(5)
    ]
    officer = caller("officer")
    assert await _waiting(officer, "&q=queued&sort=display_name") == wanted
    assert await _waiting(officer, "&q=queued&status=under_review") == []
    assert await _waiting(officer, "&q=queued&country=XA") == []
    collected: list[str] = []
    address = f"{EXPERTS}?holder=me&country=XB&q=queued&sort=-created_at&limit=2&include=total_estimate"
    while address:
        page = (await officer.get(address)).json()
        assert page["total_estimate"] == 5
        collected += [item["id"] for item in page["items"]]
        address = page["next"]
    assert collected == wanted[::-1]
    lines = (await officer.get(f"{EXPERTS}?holder=me&q=queued&format=ndjson&fields=id")).text.splitlines()
    assert len(lines) == 5


async def test_an_applicant_sees_their_file_while_they_hold_it(
    admin: Caller, member: Any, superuser: asyncpg.Connection
) -> None:
    who, record = await member(visibility="restricted")
    assert await _waiting(who) == []
    await superuser.execute(
        "UPDATE member_expert SET status = 'info_requested', clock_since = now() WHERE id = $1", record["id"]
    )
    assert await _waiting(who) == [record["id"]]
    assert (await who.step(f"{EXPERTS}/{record['id']}", "resubmit")).status_code == 200
    assert await _waiting(who) == []


async def test_the_work_list_is_for_those_who_sign_in(anonymous: Caller, admin: Caller) -> None:
    for who, query in ((anonymous, "holder=me"), (admin, "holder=admin2")):
        response = await who.get(f"{EXPERTS}?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
        assert response.json()["errors"][0]["parameter"] == "holder"
