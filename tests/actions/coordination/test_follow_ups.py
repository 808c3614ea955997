"""What is late becomes a task and is announced; offices end with the last day of handing over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.coordination.focal_points import operations as focal_points
from services.actions.coordination.tasks import operations
from shared.contracts import actions
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.actions.programme import action, made, milestone, programme, steps
from tests.support.callers import Caller
from tests.support.clock import run_on
from tests.support.progress import Reporting
from tests.support.tasks import TASKS, body, official, task

Callers = Callable[[str | None], Caller]
LETTERS, FOCAL_POINTS = "/actions/v1/correspondence", "/actions/v1/focal_points"


async def _count(superuser: asyncpg.Connection, fact: str, path: str) -> int:
    """How often a fact about a record was announced."""
    found = "SELECT count(*) FROM core_outbox WHERE type = $1 AND subject = $2"
    return int(await superuser.fetchval(found, fact, UUID(path[-36:])))


async def _raised(by: Caller, path: str) -> list[dict[str, Any]]:
    """The tasks about a record, the earliest first."""
    return list((await by.get(f"{TASKS}?about={path[-36:]}&sort=created_at")).json()["items"])


@pytest.mark.parametrize(("direction", "owner"), [("in", "secretariat_officer"), ("out", "government_focal_point")])
async def test_an_overdue_letter_becomes_a_task_of_who_owes_the_reply(
    admin: Caller, database: Database, superuser: asyncpg.Connection, direction: str, owner: str
) -> None:
    letter = {"country": "XC", "direction": direction, "date": "2026-02-03", "subject": "Who will host the centre?"}
    path, answered = [made(await admin.post(LETTERS, letter)) for _ in range(2)]
    due = {"reply_due": str(today())}
    for one in (path, answered):
        await steps(admin, one, "await", fields=due)
    await steps(admin, answered, "reply")

    async def follow(days: int) -> list[dict[str, Any]]:
        await run_on(today() + timedelta(days=days), operations.raise_for_letters, database)
        return await _raised(admin, path)

    assert await follow(0) == [], "the day is not over"
    (first,) = await follow(1)
    assert (first["owner"], first["priority"]) == ({"account_id": None, "role": owner}, "high")
    assert (first["country"], first["titles"]) == ("XC", {"en": letter["subject"]})
    assert first["due"] == str(today() + timedelta(days=15))
    assert len(await follow(1)) == 1
    assert (await admin.change(path, reply_due=str(today() - timedelta(days=9)))).status_code == 200
    assert len(await follow(1)) == 2
    assert await _count(superuser, actions.CORRESPONDENCE_OVERDUE, path) == 2
    assert await _raised(admin, answered) == []
    lines = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines].count("become_overdue") == 2


async def test_an_overdue_milestone_is_announced_once_for_each_due_day(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await milestone(admin, await action(admin, await programme(admin, "XC"), "action-1"), due=str(today()))

    async def follow() -> int:
        await run_on(today() + timedelta(days=1), operations.raise_for_milestones, database)
        return await _count(superuser, actions.MILESTONE_OVERDUE, path)

    assert [await follow(), await follow()] == [1, 1]
    assert (await admin.change(path, due=str(today() - timedelta(days=2)), due_reason="Rain")).status_code == 200
    assert await follow() == 2


async def test_a_task_carries_out_a_decision_of_a_meeting(admin: Caller) -> None:
    meeting = {
        "country": "XA", "kind": "online", "date": "2026-03-04", "titles": {"en": "First"},
        "decisions": [{"key": "host", "text": "Name a host"}, "Go on"],
    }  # fmt: skip
    about = {"kind": "meeting", "id": made(await admin.post("/actions/v1/meetings", meeting))[-36:]}
    path = await task(admin, about={**about, "decision": "host"})
    assert (await admin.get(path)).json()["about"] == {**about, "decision": "host"}
    for other, pointer in (
        ({**about, "decision": "date"}, "/about/decision"),
        ({**about, "decision": "Go on"}, "/about/decision"),
        ({"kind": "other", "decision": "host"}, "/about"),
    ):
        refused = await admin.post(TASKS, body(about=other))
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_task_follows_from_the_review_of_a_report_of_its_country(caller: Callers) -> None:
    officer = caller("officer")
    path = await (await Reporting.begun(caller("author_xa"))).submitted()
    about = {"kind": "report_review", "id": path[-36:]}
    followed = await task(officer, about=about)
    assert [one["links"]["self"] for one in await _raised(officer, path)] == [followed]
    for country, key in (("XB", path[-36:]), ("XA", str(uuid4()))):
        refused = await officer.post(TASKS, body(country=country, about={**about, "id": key}))
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/about/id")


async def test_an_office_ends_with_the_last_day_of_handing_over(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    country = "TO"
    account = await official(superuser, country=country)
    columns = {"status": "active", "category": "expert", "display_name": "Femi Focal", "account_id": account}
    expert = await enter(superuser, "member_expert", **columns)
    path = made(await admin.post(FOCAL_POINTS, {"country": country, "person": {"expert_id": str(expert)}}))
    await steps(admin, path, "accept")
    last = today() + timedelta(days=30)
    await steps(admin, path, "hand_over", fields={"until": str(last)})
    waiting = await task(admin, country=country, owner={"account_id": str(account)})

    async def state_on(days: int) -> str:
        await run_on(last + timedelta(days=days), focal_points.end_over, database, workers=4)
        return str((await admin.get(path)).json()["status"])

    assert [await state_on(0), await state_on(1), await state_on(2)] == ["handing_over", "ended", "ended"]
    assert (await admin.get(path)).json()["ends"] == str(last)
    assert await _count(superuser, actions.FOCAL_POINT_ENDED, path) == 1
    assert await _count(superuser, actions.FOCAL_POINT_VACANT, path) == 1
    assert (await admin.get(waiting)).json()["owner"] is None
