"""Tasks are assigned, done and verified by another; they move with focal points, and late ones are announced once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.coordination.tasks import operations
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.actions.programme import action, made, milestone, programme, refusal, steps
from tests.support.callers import Caller
from tests.support.clock import run_on
from tests.support.tasks import TASKS, body, official, signed_in, task

Callers = Callable[[str | None], Caller]
FOCAL_POINTS = "/actions/v1/focal_points"
_FACTS = "SELECT type FROM core_outbox WHERE subject = $1"


async def _facts(superuser: asyncpg.Connection, path: str) -> list[str]:
    return [row["type"].split(".")[3] for row in await superuser.fetch(f"{_FACTS} ORDER BY id", UUID(path[-36:]))]


async def test_a_task_has_a_life(caller: Callers, superuser: asyncpg.Connection) -> None:
    officer, focal = caller("officer"), caller("focal_xa")
    path = await task(officer, owner={"role": "government_focal_point"}, priority="high")
    shown = (await focal.get(path)).json()
    assert (shown["status"], shown["visibility"], shown["overdue"]) == ("open", "restricted", False)
    assert shown["owner"] == {"account_id": None, "role": "government_focal_point"}
    assert await refusal(focal, path, "complete") == "not_in_this_state"
    done = await steps(focal, path, "start", "complete")
    assert (done["status"], done["completed_on"], done["allowed_actions"][0]["reason"]) == (
        "done",
        str(today()),
        "completed_by_caller",
    )
    again = await steps(officer, path, "reopen")
    assert (again["status"], again["completed_on"], again["completed_by"]) == ("open", None, None)
    await steps(focal, path, "start", "complete")
    verified = await steps(officer, path, "verify")
    assert (verified["status"], verified["verified_on"]) == ("verified", str(today()))
    assert await refusal(officer, path, "cancel", reason="x") == "not_in_this_state"
    assert set(await _facts(superuser, path)) == {"created", "in_progress", "done", "open", "verified"}
    line = (await focal.get(f"{path}/history")).json()["items"][0]
    assert (line["action"], line["to"]) == ("verify", "verified")


async def test_a_task_is_cancelled_with_a_reason_and_then_stays(caller: Callers) -> None:
    officer = caller("officer")
    path = await task(officer)
    assert (await officer.step(path, "cancel")).status_code == 422
    assert (await officer.step(path, "cancel", reason="Done elsewhere")).json()["status"] == "cancelled"
    changed = await officer.change(path, priority="low")
    assert (changed.status_code, changed.json()["current_state"]) == (409, "cancelled")


async def test_tasks_of_a_country_are_hidden_from_others(caller: Callers) -> None:
    path = await task(caller("officer"))
    author = caller("author_xa")
    assert (await author.get(path)).status_code == 200
    assert (await author.post(TASKS, body())).status_code == 403
    assert (await author.step(path, "cancel", reason="x")).status_code == 403
    assert (await author.step(path, "start")).json()["status"] == "in_progress"
    for stranger in (caller("author_xb"), caller("government_xb")):
        for address in (path, f"{path}/history", f"{path}/comments"):
            assert (await stranger.get(address)).status_code == 404
        listed = (await stranger.get(f"{TASKS}?limit=200")).json()["items"]
        assert path not in {one["links"]["self"] for one in listed}
    assert (await caller("focal_xa").post(TASKS, body(country="XB"))).status_code == 403
    assert (await caller(None).get(path)).status_code == 401


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"titles": {}}, "/titles", "too_short"),
        ({"due": "tomorrow"}, "/due", "invalid_format"),
        ({"priority": "vital"}, "/priority", "not_one_of"),
        ({"owner": {}}, "/owner", "account_or_role"),
        ({"owner": {"role": "expert"}}, "/owner/role", "not_one_of"),
        ({"owner": {"account_id": str(uuid4())}}, "/owner/account_id", "unknown_reference"),
        ({"about": {"kind": "meeting"}}, "/about", "required"),
        ({"about": {"kind": "meeting", "id": str(uuid4())}}, "/about/id", "unknown_reference"),
        ({"about": {"kind": "correspondence", "id": str(uuid4())}}, "/about/id", "unknown_reference"),
        ({"about": {"kind": "milestone", "id": str(uuid4())}}, "/about/id", "unknown_reference"),
        ({"about": {"kind": "report_review", "id": str(uuid4())}}, "/about/id", "unknown_reference"),
        ({"visibility": "public"}, "/visibility", "unknown_field"),
        ({"status": "done"}, "/status", "unknown_field"),
    ],
)
async def test_a_wrong_body_names_its_fault(admin: Caller, more: dict[str, object], pointer: str, code: str) -> None:
    refused = await admin.post(TASKS, body(**more))
    faults = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert (refused.status_code, faults) == (422, {(pointer, code)})


async def test_a_task_follows_from_a_record_of_its_country(admin: Caller, caller: Callers) -> None:
    meeting = {"kind": "online", "date": "2026-03-04", "titles": {"en": "First"}, "decisions": ["Name a host"]}
    path = made(await admin.post("/actions/v1/meetings", {"country": "XB", **meeting}))
    about = {"kind": "meeting", "id": path[-36:]}
    assert (await admin.post(TASKS, body(about=about))).json()["errors"][0]["pointer"] == "/about/id"
    assert (await caller("focal_xa").post(TASKS, body(about=about))).status_code == 422
    followed = await task(admin, country="XB", about=about)
    (found,) = (await admin.get(f"{TASKS}?about={path[-36:]}")).json()["items"]
    assert (found["links"]["self"], found["about"]) == (followed, {**about, "decision": None})
    free = await task(admin, about={"kind": "other"})
    assert (await admin.get(free)).json()["about"] == {"kind": "other", "id": None, "decision": None}


async def test_a_task_is_assigned_to_an_account_with_a_role_in_the_country(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    officer, mine, other = caller("officer"), await official(superuser), await official(superuser, country="XB")
    path = await task(officer)
    refused = await officer.step(path, "assign", fields={"owner": {"account_id": str(other)}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/fields/owner/account_id")
    assigned = await officer.step(path, "assign", fields={"owner": {"account_id": str(mine)}})
    assert (assigned.json()["status"], assigned.json()["owner"]["account_id"]) == ("open", str(mine))
    assert (await officer.step(path, "assign", fields={"owner": {"role": "national_author"}})).status_code == 200
    assert (await officer.step(path, "assign")).json()["owner"] is None
    assert (await caller("author_xa").step(path, "assign")).status_code == 403
    assert await _facts(superuser, path) == ["created", "assigned", "assigned", "assigned"]
    assert (await admin.post(TASKS, body(owner={"account_id": str(mine)}))).status_code == 201


async def test_lists_find_tasks_by_owner_day_priority_and_record(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await official(superuser)
    me, word = signed_in(admin, account, monkeypatch), uuid4().hex
    titles, day = {"titles": {"en": f"Task {word}"}}, today()
    own = await task(admin, owner={"account_id": str(account)}, due=str(day + timedelta(days=3)), **titles)
    of_role = await task(admin, owner={"role": "government_focal_point"}, priority="urgent", **titles)
    of_author = await task(admin, owner={"role": "national_author"}, due=str(day + timedelta(days=90)), **titles)
    elsewhere = await task(admin, owner={"role": "government_focal_point"}, country="XB", **titles)
    nobody = await task(admin, **titles)

    async def found(by: Caller, query: str) -> set[str]:
        response = await by.get(f"{TASKS}?q={word}&{query}")
        assert response.status_code == 200, response.text
        return {one["links"]["self"] for one in response.json()["items"]}

    assert await found(me, "owner=me") == {own, of_role}
    assert await found(me, "holder=me") == {own, of_role, of_author}
    assert await found(admin, "holder=me") == {of_role, of_author, elsewhere, nobody}
    assert await found(admin, "priority=urgent,high") == {of_role}
    assert await found(admin, f"due_before={day + timedelta(days=4)}") == {own}
    assert await found(admin, "country=XB&status=open") == {elsewhere}
    assert await found(admin, "overdue=true") == set()
    response = await admin.get(f"{TASKS}?q={word}&sort=-due")
    assert response.json()["items"][0]["links"]["self"] == of_author
    assert (await me.get(f"{TASKS}?owner=you")).status_code == 400


async def test_whoever_completed_a_task_does_not_verify_it(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [signed_in(admin, await official(superuser), monkeypatch) for _ in range(2)]
    word = uuid4().hex
    path = await task(first, owner={"role": "government_focal_point"}, titles={"en": word})
    await steps(first, path, "start", "complete")
    held = f"{TASKS}?holder=me&q={word}"
    assert ((await first.get(held)).json()["items"], len((await second.get(held)).json()["items"])) == ([], 1)
    assert await refusal(first, path, "verify") == "completed_by_caller"
    assert (await second.step(path, "verify")).json()["status"] == "verified"


async def test_a_task_is_commented_by_those_who_see_it(caller: Callers) -> None:
    officer, focal = caller("officer"), caller("focal_xa")
    path = await task(officer)
    texts = ["The station opens in May.", "In June."]
    posted = [
        await by.post(f"{path}/comments", {"text": said}) for by, said in zip((officer, focal), texts, strict=True)
    ]
    assert [one.status_code for one in posted] == [201, 201]
    address = posted[0].json()["links"]["self"]
    assert address.startswith(f"{path}/comments/")
    assert (await focal.get(address)).json()["text"] == texts[0]
    listed = (await focal.get(f"{path}/comments")).json()["items"]
    assert [one["text"] for one in listed] == texts
    other = await task(officer)
    assert (await officer.get(f"{other}/comments/{address[-36:]}")).status_code == 404
    assert (await caller("auditor").post(f"{path}/comments", {"text": "x"})).status_code == 403
    assert (await officer.post(f"{path}/comments", {"text": ""})).status_code == 422


async def test_an_overdue_milestone_becomes_a_task_once_for_each_due_day(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    work = await action(admin, await programme(admin, "XC"), "action-1")
    path = await milestone(admin, work, due="2026-02-01")

    async def raised() -> list[dict[str, Any]]:
        await run_on(today(), operations.raise_for_milestones, database, workers=1)
        found = await admin.get(f"{TASKS}?about={path[-36:]}")
        return list(found.json()["items"])

    (first,) = await raised()
    assert first["owner"] == {"account_id": None, "role": "government_focal_point"}
    assert (first["country"], first["titles"], first["priority"]) == ("XC", {"en": "First samples"}, "high")
    assert first["due"] == str(today() + timedelta(days=14))
    assert len(await raised()) == 1
    await steps(admin, first["links"]["self"], "cancel", reason="Known")
    assert len(await raised()) == 1
    assert (await admin.change(path, due="2026-03-01", due_reason="Rain")).status_code == 200
    assert len(await raised()) == 2
    ended = await milestone(admin, await action(admin, await programme(admin, "XC"), "action-2"), due="2026-02-01")
    key = (await admin.get(ended)).json()["action_id"]
    await superuser.execute("UPDATE action_action SET status = 'cancelled' WHERE id = $1", key)
    assert len(await raised()) == 2
    assert (await admin.get(f"{TASKS}?about={ended[-36:]}")).json()["items"] == []


async def test_a_task_is_announced_as_overdue_once_for_each_due_day(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await task(admin, due=str(today()))
    done = await task(admin, due=str(today()))
    await steps(admin, done, "start", "complete")

    async def announced() -> int:
        await run_on(today() + timedelta(days=1), operations.announce_overdue, database, workers=4)
        return (await _facts(superuser, path)).count("overdue")

    assert [await announced(), await announced()] == [1, 1]
    assert (await admin.change(path, due=str(today() - timedelta(days=1)))).json()["overdue"] is True
    assert await announced() == 2
    assert "overdue" not in await _facts(superuser, done)


async def _named(by: Caller, superuser: asyncpg.Connection, account: UUID | None, **more: Any) -> str:
    """A nominated focal point, an expert with this account."""
    columns = {"status": "active", "category": "expert", "display_name": "Femi Focal", "account_id": account}
    expert = await enter(superuser, "member_expert", **columns)
    nominated = {"country": "XA", "person": {"expert_id": str(expert)}, **more}
    return made(await by.post(FOCAL_POINTS, nominated))


async def test_open_tasks_move_with_the_hand_over_of_a_focal_point(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    before, after = await official(superuser), await official(superuser)
    leaver = await _named(admin, superuser, before)
    await steps(admin, leaver, "accept")
    owner = {"owner": {"account_id": str(before)}}
    waiting, finished = await task(admin, **owner), await task(admin, **owner)
    elsewhere = await task(admin, country="XB")
    await superuser.execute("UPDATE action_task SET owner_id = $2 WHERE id = $1", UUID(elsewhere[-36:]), before)
    await steps(admin, finished, "start", "complete")
    successor = await _named(admin, superuser, after, predecessor_id=leaver[-36:])
    await steps(admin, leaver, "hand_over")

    async def owned_by(path: str) -> str:
        return str((await admin.get(path)).json()["owner"]["account_id"])

    assert await owned_by(waiting) == str(before), "nobody is in office yet"
    await steps(admin, successor, "accept")
    assert [await owned_by(path) for path in (waiting, finished, elsewhere)] == [str(after), str(before), str(before)]
    assert (await admin.get(f"{waiting}/history")).json()["items"][0]["action"] == "assign"


async def test_a_successor_in_office_gets_the_tasks_at_once(admin: Caller, superuser: asyncpg.Connection) -> None:
    before = await official(superuser)
    leaver = await _named(admin, superuser, before)
    await steps(admin, leaver, "accept")
    path = await task(admin, owner={"account_id": str(before)})
    successor = await _named(admin, superuser, None, predecessor_id=leaver[-36:])
    await steps(admin, successor, "accept")
    await steps(admin, leaver, "hand_over")
    assert (await admin.get(path)).json()["owner"] == {"account_id": None, "role": "government_focal_point"}


async def test_the_end_of_the_last_office_leaves_tasks_to_the_secretariat(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    account = await official(superuser)
    leaver = await _named(admin, superuser, account)
    await steps(admin, leaver, "accept")
    path = await task(admin, owner={"account_id": str(account)}, titles={"en": f"Task {account}"})
    await steps(admin, leaver, "end")
    assert (await admin.get(path)).json()["owner"] is None
    (found,) = (await admin.get(f"{TASKS}?holder=me&q={account}")).json()["items"]
    assert found["links"]["self"] == path


async def test_the_tasks_of_a_closed_account_are_the_secretariats(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    account = await official(superuser)
    owner = {"owner": {"account_id": str(account)}}
    path, done = await task(admin, **owner), await task(admin, **owner)
    await steps(admin, done, "start", "complete")
    for _ in range(2):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await operations.release(uow, account)
    assert (await admin.get(path)).json()["owner"] is None
    assert (await admin.get(done)).json()["owner"]["account_id"] == str(account)
    assert (await _facts(superuser, path)) == ["created", "released"]
