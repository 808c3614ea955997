"""A file that a published or verified record relies on is withdrawn by two administrators alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx

from tests.actions.programme import BASELINE, action, milestone, programme, steps
from tests.actions.schemes import SCHEMES, code, current, draft
from tests.support.callers import Caller
from tests.support.evidence import evidence
from tests.support.principals import enter_callers

Callers = Callable[[str | None], Caller]
V1 = "/actions/v1"
_REASON = {"reason": "Outdated"}


def _named(path: str) -> dict[str, str]:
    """A document that names a file."""
    return {"title": "Minutes", "date": "2026-03-01", "evidence_id": path.rsplit("/", 1)[1]}


def _refusal(response: httpx.Response) -> tuple[int, str, str]:
    problem = response.json()
    return response.status_code, problem["code"], problem["reason"]


async def _claimed(by: Caller, file: str) -> str:
    """A milestone that is claimed with a file."""
    path = await milestone(by, await action(by, await programme(by), "core"))
    await steps(by, path, "start")
    assert (await by.step(path, "claim", fields={"evidence": [_named(file)]})).status_code == 200
    return path


async def test_a_file_of_a_done_milestone_stays(
    caller: Callers, admin: Caller, admin2: Caller, database_url: str
) -> None:
    await enter_callers(database_url)
    author = caller("author_xa")
    file = await evidence(author)
    path = await _claimed(author, file)
    offered = {each["action"]: each for each in (await author.get(file)).json()["allowed_actions"]}
    assert offered["withdraw"]["allowed"]
    await steps(admin, path, "verify")
    for who in (author, caller("government_xa"), caller("officer")):
        refused = await who.step(file, "withdraw", **_REASON)
        assert _refusal(refused) == (409, "transition_not_allowed", "evidence_in_use"), who.name
    offered = {each["action"]: each for each in (await author.get(file)).json()["allowed_actions"]}
    assert (offered["withdraw"]["allowed"], offered["withdraw"]["reason"]) == (False, "evidence_in_use")
    proposed = await admin.step(file, "withdraw", **_REASON)
    assert proposed.status_code == 202, proposed.text
    assert (await admin.get(file)).json()["status"] == "available"
    confirmed = await admin2.post(proposed.headers["location"], {"decision": "confirm"})
    assert (confirmed.status_code, (await admin.get(file)).json()["status"]) == (200, "withdrawn"), confirmed.text


async def test_a_file_is_withdrawn_while_no_record_relies_on_it(caller: Callers) -> None:
    author = caller("author_xa")
    file = await evidence(author)
    claim = {"country": "XA", "level": 2, "body": {"name": "Ministry", "kind": "ministry"}, "document": _named(file)}
    assert (await caller("government_xa").post(f"{V1}/endorsements", claim)).status_code == 201
    withdrawn = await author.step(file, "withdraw", **_REASON)
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")


async def test_the_source_of_an_approved_action_is_in_use(
    caller: Callers, admin: Caller, superuser: asyncpg.Connection
) -> None:
    author = caller("author_xa")
    file = await evidence(author)
    path = await action(author, await programme(author), "core", baseline={**BASELINE, "source": _named(file)})
    key = path.rsplit("/", 1)[1]
    for status, expected in (("cancelled", 200), ("planned", 409)):
        await superuser.execute("UPDATE action_action SET status = $2 WHERE id = $1", key, status)
        assert (await author.step(file, "withdraw", **_REASON)).status_code == expected, status
        await author.step(file, "restore")


async def test_a_withdrawal_and_a_verification_never_both_succeed(caller: Callers, admin: Caller) -> None:
    author = caller("author_xa")
    for _ in range(5):
        file = await evidence(author)
        path = await _claimed(author, file)
        verified, withdrawn = await asyncio.gather(
            admin.step(path, "verify"), caller("government_xa").step(file, "withdraw", **_REASON)
        )
        assert sorted((verified.status_code, withdrawn.status_code)) == [200, 409], (verified.text, withdrawn.text)


async def test_the_records_that_name_a_file_are_listed_for_whoever_reads_their_documents(
    caller: Callers, admin: Caller
) -> None:
    author = caller("author_xa")
    file = await evidence(author, visibility="network")
    path = await _claimed(author, file)
    shown: dict[str, Any] = {}
    for name in ("author_xa", "author_xb", "admin"):
        item = (await caller(name).get(f"{file}?include=references")).json()
        page = (await caller(name).get(f"{V1}/evidence?include=references&sort=-created_at&limit=1")).json()
        assert page["items"][0]["referenced_by"] == item["referenced_by"], name
        shown[name] = item["referenced_by"]
    record = (await author.get(path)).json()
    expected = {"resource": "actions.milestones", "id": record["id"], "ref": record["ref"], "link": path}
    assert shown == {"author_xa": [expected], "author_xb": [], "admin": [expected]}
    assert "referenced_by" not in (await admin.get(file)).json()


async def test_a_file_that_a_record_names_twice_has_one_reference(caller: Callers) -> None:
    author = caller("author_xa")
    file = await evidence(author)
    path = await milestone(author, await action(author, await programme(author), "core"))
    await steps(author, path, "start")
    await author.step(path, "claim", fields={"evidence": [_named(file), _named(file)]})
    assert len((await author.get(f"{file}?include=references")).json()["referenced_by"]) == 1
    assert (await author.get(f"{file}?include=nothing")).status_code == 400


async def test_the_source_of_an_assessment_is_in_use_once_its_edition_is_published(
    caller: Callers, admin: Caller
) -> None:
    author = caller("government_xa")
    file = await evidence(author, visibility="public")
    path = await draft(admin, code("1"))
    states = [{"code": "1", "status": "within"}]
    assessed = {"assessment": "2026", "published_on": "2026-05-01", "source": _named(file), "states": states}
    assert (await admin.post(f"{path}/states", assessed)).status_code == 201
    await steps(author, file, "withdraw", **_REASON)
    assert _refusal(await admin.step(path, "publish")) == (409, "transition_not_allowed", "evidence_not_available")
    await steps(author, file, "restore")
    await steps(admin, path, "publish")
    assert _refusal(await author.step(file, "withdraw", **_REASON))[2] == "evidence_in_use"
    record = (await admin.get(path)).json()
    expected = {"resource": "actions.schemes", "id": record["id"], "ref": record["ref"], "link": path}
    for name in ("author_xb", "admin"):
        assert (await caller(name).get(f"{file}?include=references")).json()["referenced_by"] == [expected], name
    withdrawn = await evidence(author, visibility="public")
    await steps(author, withdrawn, "withdraw", **_REASON)
    refused = await admin.post(f"{path}/states", {**assessed, "assessment": "2027", "source": _named(withdrawn)})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "evidence_not_available")


async def test_the_source_of_a_mapping_is_in_use(caller: Callers, admin: Caller) -> None:
    author = caller("government_xa")
    file = await evidence(author, visibility="public")
    path = await current(admin, code("1"))
    record = (await admin.get(path)).json()
    ends = {"from": {"scheme": record["code"], "code": "1"}, "to": {"scheme": "own list", "code": "x"}}
    stored = {**ends, "relation": "exact", "source": _named(file)}
    assert (await admin.post(f"{SCHEMES}/{record['code']}/mappings", [stored])).status_code == 201
    assert _refusal(await author.step(file, "withdraw", **_REASON))[2] == "evidence_in_use"
    (shown,) = (await admin.get(f"{file}?include=references")).json()["referenced_by"]
    assert shown["link"] == path
    replaced = {**stored, "source": {**_named(file), "evidence_id": None, "url": "https://example.org/crosswalk"}}
    assert (await admin.post(f"{SCHEMES}/{record['code']}/mappings", [replaced])).status_code == 201
    assert (await author.step(file, "withdraw", **_REASON)).status_code == 200
