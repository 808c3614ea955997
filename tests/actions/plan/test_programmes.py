"""Programmes: a living committee to launch, a complete plan to submit, an endorsement or a waiver to start."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import asyncpg
import pytest

from tests.actions.neighbours import change, enter
from tests.actions.programme import (
    BASELINE,
    DOCUMENT,
    PILLARS,
    PROGRAMMES,
    action,
    approved,
    framework,
    living_committee,
    programme,
    refusal,
    steps,
)
from tests.support.callers import CALLERS, Caller
from tests.support.centres import unused_country
from tests.support.principals import enter_callers
from tests.support.results import active_indicator, result


@pytest.fixture
async def committee(superuser: asyncpg.Connection) -> str:
    """The living committee of XB."""
    return await living_committee(superuser, "XB")


@pytest.fixture
async def centre(superuser: asyncpg.Connection) -> str:
    return str(await enter(superuser, "centre_centre", country="XB", status="draft"))


async def test_a_launch_needs_a_living_committee(secretariat: Caller, superuser: asyncpg.Connection) -> None:
    country = unused_country()
    path = await programme(secretariat, country)
    row = await enter(superuser, "centre_committee", country=country, status="proposed")
    assert (await steps(secretariat, path, "launch"))["status"] == "designing"
    other = await programme(secretariat, country, committee_id=str(row))
    await change(superuser, "centre_committee", row, status="abandoned")
    assert await refusal(secretariat, other, "launch") == "committee_missing"


async def test_neither_a_cancelled_action_nor_the_draft_of_a_baseline_completes_a_plan(
    secretariat: Caller, admin: Caller, committee: str, centre: str
) -> None:
    path = await programme(secretariat, "XB", committee_id=committee, centre_id=centre)
    await steps(secretariat, path, "launch")
    made = [await action(secretariat, path, pillar) for pillar in PILLARS[:2]]
    last = await action(secretariat, path, PILLARS[2], baseline=BASELINE)
    await steps(secretariat, last, "cancel", reason="Entered twice")
    assert await refusal(secretariat, path, "submit_plan") == "actions_missing"
    await action(secretariat, path, PILLARS[2], baseline=BASELINE)
    etag = (await secretariat.get(made[0])).headers["etag"]
    changed = await secretariat.patch(made[0], {"baseline": BASELINE}, etag=etag)
    assert changed.json()["baseline"]["value"] == 12
    framework = (await secretariat.get(path)).json()["framework"]
    indicator = await active_indicator(admin, framework=framework, pillar=PILLARS[1])
    of = {"indicator_id": indicator, "country": "XB", "kind": "baseline", "year": 2020, "method": "survey"}
    baseline = await result(admin, of)
    assert await refusal(secretariat, path, "submit_plan") == "baselines_missing"
    assert (await admin.step(baseline, "submit")).status_code == 200
    assert (await steps(secretariat, path, "submit_plan"))["status"] == "plan_review"
    returned = await steps(secretariat, path, "return", reason="Say more about the second action")
    assert returned["status"] == "designing"


async def test_a_start_needs_an_endorsement_of_level_three(
    secretariat: Caller, admin: Caller, superuser: asyncpg.Connection, committee: str, centre: str
) -> None:
    path = await approved(secretariat, superuser, "XB", centre_id=centre)
    body = {"country": "XB", "body": {"name": "Ministry", "kind": "ministry"}, "document": DOCUMENT}
    made = [await secretariat.post("/actions/v1/endorsements", {**body, "level": level}) for level in (2, 3)]
    lower, enough = (one.json()["links"]["self"] for one in made)
    await steps(admin, lower, "verify")
    assert await refusal(secretariat, path, "start") == "endorsement_missing"
    await steps(admin, enough, "verify")
    started = await steps(secretariat, path, "start")
    assert (started["status"], started["waiver"]) == ("implementing", None)
    assert (await steps(secretariat, path, "pause", reason="Elections"))["status"] == "paused"
    await steps(secretariat, path, "resume")
    listed = (await secretariat.get(f"/actions/v1/actions?programme_id={started['id']}")).json()["items"]
    for item in listed:
        await steps(secretariat, item["links"]["self"], "cancel", reason="The plan has changed")
    ended = await steps(secretariat, path, "complete")
    assert (ended["status"], ended["allowed_actions"]) == ("completed", [])
    await steps(secretariat, enough, "withdraw")


async def test_a_waiver_names_a_second_person_and_is_the_secretariats(
    admin: Caller,
    caller: Callable[[str | None], Caller],
    database_url: str,
    committee: str,
    centre: str,
    superuser: asyncpg.Connection,
) -> None:
    path = await approved(admin, superuser, "XB", centre_id=centre)
    waiver = {"reason": "The ministry is being formed"}
    first, second = str(CALLERS["admin"].id), str(uuid4())
    alone = {"waiver": {**waiver, "second_person": first}}
    assert await refusal(admin, path, "start", fields=alone) == "second_person_is_the_first"
    both = {"waiver": {**waiver, "second_person": second}}
    assert await refusal(admin, path, "start", fields=both) == "second_person_not_entitled"
    assert await refusal(caller("government_xb"), path, "start", fields=both) == "waiver_not_permitted"
    for fault in ({"second_person": second}, {**waiver, "second_person": "somebody"}, 5):
        assert (await admin.step(path, "start", fields={"waiver": fault})).status_code == 422
        assert (await caller("author_xb").step(path, "start", fields={"waiver": fault})).status_code == 403
    await enter_callers(database_url)
    both = {"waiver": {**waiver, "second_person": str(CALLERS["admin2"].id)}}
    proposed = await admin.step(path, "start", fields=both)
    assert (proposed.status_code, proposed.json()["second_person"]) == (202, both["waiver"]["second_person"])
    waiting = (await caller("admin2").get(PROGRAMMES, params={"holder": "me"})).json()["items"]
    assert path.rpartition("/")[2] in [item["id"] for item in waiting]
    started = await caller("admin2").post(proposed.headers["location"], {"decision": "confirm"})
    assert (started.status_code, started.json()["status"]) == (200, "implementing")
    assert started.json()["waiver"] == both["waiver"]
    assert "waiver" not in (await caller("government_xa").get(path)).json()


async def test_the_public_reads_published_programmes(
    secretariat: Caller,
    anonymous: Caller,
    caller: Callable[[str | None], Caller],
    superuser: asyncpg.Connection,
    committee: str,
    centre: str,
) -> None:
    path = await approved(secretariat, superuser, "XB", centre_id=centre, visibility="public")
    seen = (await anonymous.get(path)).json()
    assert seen["status"] == "approved"
    assert not {"created_by", "updated_by", "waiver", "lead_body_id"} & set(seen)
    assert seen["id"] in [item["id"] for item in (await anonymous.get(f"{PROGRAMMES}?country=XB")).json()["items"]]
    assert (await anonymous.get(f"{path}/history")).status_code == 401
    assert (await anonymous.get(f"{path}/transitions")).status_code == 401

    draft = await programme(secretariat, "XB", visibility="public")
    assert (await anonymous.get(draft)).status_code == 404
    assert (await caller("government_xa").get(draft)).status_code == 404
    assert (await caller("author_xb").get(draft)).status_code == 200
    refused = await caller("author_xb").post(PROGRAMMES, {"country": "XB", "visibility": "public"})
    assert refused.json()["reason"] == "publish_not_permitted"


async def test_programmes_name_what_is_known(
    secretariat: Caller, superuser: asyncpg.Connection, caller: Callable[[str | None], Caller]
) -> None:
    elsewhere = str(await enter(superuser, "centre_centre", country="XA", status="draft"))
    for more, pointer in (
        ({"framework": "3+1/1999"}, "/framework"),
        ({"centre_id": elsewhere}, "/centre_id"),
        ({"committee_id": elsewhere}, "/committee_id"),
        ({"country": "ZZ"}, "/country"),
    ):
        response = await secretariat.post(PROGRAMMES, {"country": "XB", "framework": "3+1/2026", **more})
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["pointer"] == pointer
    assert (await caller("author_xa").post(PROGRAMMES, {"country": "XB"})).status_code == 403


async def test_each_step_is_for_its_role(caller: Callable[[str | None], Caller], committee: str, centre: str) -> None:
    author = caller("author_xb")
    path = await programme(author, "XB", centre_id=centre)
    for pillar in PILLARS:
        await action(author, path, pillar, baseline=BASELINE)
    await steps(author, path, "launch", "submit_plan")
    assert (await author.step(path, "approve")).status_code == 403
    await steps(caller("officer"), path, "approve")
    assert (await author.step(path, "start")).status_code == 403
    assert (await caller("auditor").step(path, "start")).status_code == 403
    offers = (await author.get(path)).json()["allowed_actions"]
    assert {offer["action"]: offer["reason"] for offer in offers} == {
        "start": "not_permitted",
        "discontinue": "not_permitted",
    }


async def test_a_start_needs_a_framework_that_is_valid_that_day(
    secretariat: Caller, superuser: asyncpg.Connection, committee: str, centre: str
) -> None:
    for bounds in ({"valid_from": "2031-01-01"}, {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}):
        code = await framework(secretariat, **bounds)
        path = await approved(secretariat, superuser, "XB", centre_id=centre, framework=code)
        assert await refusal(secretariat, path, "start") == "framework_not_valid"


async def test_a_country_has_one_living_programme_under_a_framework(
    secretariat: Caller, caller: Callable[[str | None], Caller]
) -> None:
    code = await framework(secretariat)
    first = await programme(secretariat, "XB", framework=code, visibility="restricted")
    body = {"country": "XB", "framework": code}
    responses = await asyncio.gather(*(caller("author_xb").post(PROGRAMMES, body) for _ in range(3)))
    for response in responses:
        assert (response.status_code, response.json()["code"]) == (409, "conflict")
        assert response.json()["errors"][0]["pointer"] == "/framework"
    await steps(secretariat, first, "discontinue", reason="Started anew")
    responses = await asyncio.gather(*(secretariat.post(PROGRAMMES, body) for _ in range(4)))
    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409]
    await programme(secretariat, "XA", framework=code)
