"""Actions and milestones: their lifecycles, guards, dates and visibility."""

from collections.abc import Callable
from datetime import timedelta

import asyncpg

from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.actions.programme import DOCUMENT, MILESTONES, action, approved, milestone, programme, refusal, steps
from tests.support.callers import Caller


async def test_an_action_runs_from_proposal_to_close(secretariat: Caller, superuser: asyncpg.Connection) -> None:
    path = await action(secretariat, await approved(secretariat, superuser), "action-1")
    first = (await secretariat.get(path)).json()
    assert (first["status"], first["iati_status"], first["country"]) == ("proposed", 1, "XA")
    assert await refusal(secretariat, path, "start") == "not_in_this_state"
    running = await steps(secretariat, path, "approve", "start")
    assert (running["iati_status"], running["actual_start"]) == (2, today().isoformat())
    task = await milestone(secretariat, path)
    assert (await steps(secretariat, path, "finish"))["actual_end"] == today().isoformat()
    await steps(secretariat, task, "drop", reason="No longer needed")
    assert (await steps(secretariat, path, "close"))["iati_status"] == 4


async def test_a_suspended_action_resumes_where_it_was(secretariat: Caller, superuser: asyncpg.Connection) -> None:
    plan = await approved(secretariat, superuser)
    for before, taken in (("planned", ("approve",)), ("in_progress", ("approve", "start"))):
        path = await action(secretariat, plan, "core")
        await steps(secretariat, path, *taken)
        assert (await secretariat.step(path, "suspend")).json()["errors"][0]["pointer"] == "/reason"
        assert (await steps(secretariat, path, "suspend", reason="Flood"))["iati_status"] == 6
        assert (await steps(secretariat, path, "resume"))["status"] == before
        assert (await steps(secretariat, path, "cancel", reason="No funds"))["iati_status"] == 5


async def test_a_milestone_is_claimed_with_evidence_and_verified_by_another(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    path = await milestone(admin, await action(admin, await programme(admin), "action-2"))
    await steps(admin, path, "start")
    claimed = await steps(admin, path, "claim", fields={"evidence": DOCUMENT})
    assert [document["url"] for document in claimed["evidence"]] == [DOCUMENT["url"]]
    assert await refusal(admin, path, "verify") == "not_independent"
    refused = await steps(caller("admin2"), path, "refuse", reason="The page is missing")
    assert (refused["status"], refused["claimed_on"]) == ("in_progress", None)
    await steps(admin, path, "claim", fields={"evidence": [DOCUMENT, DOCUMENT]})
    done = await steps(caller("admin2"), path, "verify")
    assert (done["status"], done["verified_on"]) == ("done", today().isoformat())
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history][:3] == ["verify", "claim", "refuse"]
    assert history[2]["reason"] == "The page is missing"


async def test_an_action_of_a_discontinued_programme_does_not_start(
    secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    running = await approved(secretariat, superuser)
    path = await action(secretariat, running, "core")
    await steps(secretariat, path, "approve")
    await steps(secretariat, running, "discontinue", reason="Nothing came of it")
    assert await refusal(secretariat, path, "start") == "programme_not_approved"


async def test_nobody_verifies_a_milestone_of_their_own_body(
    secretariat: Caller, admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    path = await milestone(secretariat, await action(secretariat, await programme(secretariat), "action-2"))
    await steps(secretariat, path, "start")
    await steps(secretariat, path, "claim", fields={"evidence": DOCUMENT})
    assert await refusal(secretariat, path, "verify") == "not_independent"
    assert await refusal(caller("government_xa"), path, "verify") == "not_independent"
    assert await refusal(caller("both_xa"), path, "verify") == "not_independent"
    assert (await steps(admin, path, "verify"))["status"] == "done"


async def test_another_date_needs_a_reason_and_the_first_one_stays(secretariat: Caller) -> None:
    past = (today() - timedelta(days=3)).isoformat()
    path = await milestone(secretariat, await action(secretariat, await programme(secretariat), "action-3"), due=past)
    late = await secretariat.get(path)
    assert late.json()["overdue"] is True
    listed = (await secretariat.get(f"{MILESTONES}?overdue=true")).json()["items"]
    assert late.json()["id"] in [item["id"] for item in listed]

    without_reason = await secretariat.patch(path, {"due": "2030-01-01"}, etag=late.headers["etag"])
    assert without_reason.status_code == 422
    assert without_reason.json()["errors"][0]["pointer"] == "/due_reason"
    changes = {"due": "2030-01-01", "due_reason": "Heavy rain"}
    moved = await secretariat.patch(path, changes, etag=late.headers["etag"])
    assert (moved.json()["first_due"], moved.json()["due"], moved.json()["overdue"]) == (past, "2030-01-01", False)
    again = await secretariat.patch(path, {"due": "2031-01-01"}, etag=moved.headers["etag"])
    assert again.status_code == 422
    renamed = await secretariat.patch(path, {"titles": {"fr": "Premiers essais"}}, etag=moved.headers["etag"])
    assert renamed.json()["due_reason"] == "Heavy rain"
    assert renamed.json()["titles"] == {"en": "First samples", "fr": "Premiers essais"}


async def test_actions_are_of_known_programmes_and_participants(
    secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    path = await programme(secretariat)
    member = await enter(superuser, "member_institution", status="verified")
    taking_part = [{"institution_id": str(member), "role": 4}]
    made = (await secretariat.get(await action(secretariat, path, "core", participants=taking_part))).json()
    assert made["participants"] == taking_part
    body = {"programme_id": made["programme_id"], "pillar": "core", "titles": {"en": "x"}}
    stranger = "019b76da-a800-7000-8000-00000000dead"
    for more, pointer in (
        ({"programme_id": stranger}, "/programme_id"),
        ({"participants": [{"institution_id": stranger, "role": 1}]}, "/participants"),
        ({"participants": [{"institution_id": str(member), "role": 5}]}, "/participants/0/role"),
        ({"pillar": "action-4"}, "/pillar"),
        ({"country": "XA"}, "/country"),
    ):
        response = await secretariat.post("/actions/v1/actions", {**body, **more})
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["pointer"] == pointer
    await steps(secretariat, path, "discontinue", reason="Nothing came of it")
    assert (await secretariat.post("/actions/v1/actions", body)).status_code == 409


async def test_actions_are_seen_as_their_programme_is(
    secretariat: Caller, caller: Callable[[str | None], Caller]
) -> None:
    plan = await programme(secretariat, visibility="restricted")
    path = await action(secretariat, plan, "action-1")
    await steps(secretariat, path, "approve")
    task = await milestone(secretariat, path)
    for address in (path, task):
        assert (await caller("government_xa").get(address)).status_code == 200
        assert (await caller("government_xb").get(address)).status_code == 404
        assert (await caller(None).get(address)).status_code == 401
    etag = (await secretariat.get(plan)).headers["etag"]
    await secretariat.patch(plan, {"visibility": "network"}, etag=etag)
    for address in (path, task):
        seen = await caller("government_xb").get(address)
        assert seen.status_code == 200
        assert "created_by" not in seen.json()
    body = {"programme_id": plan.rsplit("/", 1)[1], "pillar": "core", "titles": {"en": "x"}}
    assert (await caller("government_xb").post("/actions/v1/actions", body)).status_code == 422
