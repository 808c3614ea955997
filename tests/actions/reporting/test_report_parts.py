"""Sections of reports are delegated, repeated and filled with results."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts import reporting
from shared.database.pool import Database
from tests.actions.programme import PILLARS, action, milestone, refusal
from tests.support.callers import CALLERS, Caller
from tests.support.evidence import evidence
from tests.support.principals import enter_principal
from tests.support.progress import (
    REPORTS,
    Reporting,
    as_delegate,
    as_reviewer,
    period,
    publish,
    question,
    section,
    template,
    write,
)
from tests.support.requests import expert
from tests.support.results import INDICATORS, RESULTS, active_indicator, apply_periods, result

Callers = Callable[[str | None], Caller]
_READS = """
SELECT actor_id, convert_from(detail, 'UTF8')::jsonb ->> 'reason' AS reason FROM core_audit
WHERE subject = $1 AND action = 'read' ORDER BY id
"""
TWO = (section("summary", question("achieved")), section("outlook", question("risks")))


@pytest.fixture
async def no_national_indicators(admin: Caller) -> None:
    """Retires the indicators of XA that other tests have published, since its reports include them."""
    for one in (await admin.get(f"{INDICATORS}?country=XA&status=active&limit=200")).json()["items"]:
        assert (await admin.step(one["links"]["self"], "retire")).status_code == 200


async def _delegated(
    author: Caller, path: str, monkeypatch: pytest.MonkeyPatch, superuser: asyncpg.Connection, *keys: str
) -> tuple[Caller, str]:
    """Whom sections are delegated to, and the delegation."""
    delegate = as_delegate(author, path, monkeypatch)
    principal = CALLERS[delegate.name]
    await enter_principal(superuser, principal)
    body = {"account_id": str(principal.id), "sections": list(keys), "due_on": "2090-01-31"}
    made = await author.post(f"{path}/delegations", body)
    assert (made.status_code, made.json()["status"]) == (201, "active")
    return delegate, made.json()["links"]["self"]


async def test_whom_a_section_is_delegated_to_writes_that_one_alone(
    caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3, first half."""
    author = caller("author_xa")
    path = await (await Reporting.begun(author, sections=TWO)).report()
    delegate, delegation = await _delegated(author, path, monkeypatch, superuser, "summary")
    assert (await write(delegate, path, "summary", achieved="Much."))["assigned_to"] == str(CALLERS[delegate.name].id)
    other = f"{path}/sections/outlook"
    etag = (await author.get(other)).headers["etag"]
    for refused in (
        await delegate.get(other),
        await delegate.patch(other, {"state": "done"}, etag=etag),
        await delegate.step(path, "submit"),
        await delegate.change(path, visibility="restricted"),
        await delegate.post(f"{path}/delegations", {"account_id": str(uuid4()), "sections": ["outlook"]}),
        await delegate.step(delegation, "end"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "not_delegated"), refused.text
    seen = (await delegate.get(path)).json()
    assert [one["due_on"] for one in seen["sections"]] == ["2090-01-31", None]
    assert {one["reason"] for one in seen["allowed_actions"]} == {"not_permitted"}
    below = f"{path}/delegations/{delegation[-36:]}"
    assert [one["id"] for one in (await author.get(f"{path}/delegations")).json()["items"]] == [delegation[-36:]]
    assert (await author.step(below, "end")).json()["status"] == "ended"
    ended = await delegate.change(f"{path}/sections/summary", state="done")
    assert (ended.status_code, ended.json()["code"]) == (403, "not_delegated")


async def test_whom_a_section_is_delegated_to_reads_comments_and_files_of_that_one_alone(
    caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, officer = caller("author_xa"), caller("officer")
    sections = [section(key, question(f"map_{key}", "document")) for key in ("summary", "outlook")]
    path = await (await Reporting.begun(author, sections=sections)).report()
    files = {}
    for key in ("summary", "outlook"):
        files[key] = await evidence(author)
        document = {"title": "Map", "date": "2026-11-01", "evidence_id": files[key][-36:]}
        await write(author, path, key, **{f"map_{key}": document})
    delegate, delegation = await _delegated(author, path, monkeypatch, superuser, "summary")
    assert (await author.step(path, "submit")).status_code == 200
    assert (await officer.step(path, "take")).status_code == 200
    made = {}
    for key in files:
        asked = await officer.post(f"{path}/comments", {"section": key, "text": f"Why this {key}?"})
        assert asked.status_code == 201, asked.text
        made[key] = str(asked.json()["links"]["self"])

    async def read(by: Caller) -> tuple[list[str], list[int], list[int]]:
        """The sections of the comments that a caller lists, and the statuses of each comment and each file."""
        listed = (await by.get(f"{path}/comments")).json()["items"]
        below = [f"{path}/comments/{comment[-36:]}" for comment in made.values()]
        of_comments = [(await by.get(one)).status_code for one in (*made.values(), *below)]
        of_files = [(await by.get(f"{file}/content")).status_code for file in files.values()]
        return sorted(one["section"] for one in listed), of_comments, of_files

    assert await read(delegate) == (["summary"], [200, 404, 200, 404], [200, 404])
    assert (await delegate.get(f"/actions/v1/report_comments?report_id={path[-36:]}&section=outlook")).json()[
        "items"
    ] == []
    assert (await delegate.get(f"{made['outlook']}/history")).status_code == 404
    assert (await delegate.step(made["summary"], "answer", fields={"text": "So."})).json()["status"] == "answered"
    reviewer = as_reviewer(author, path, monkeypatch)
    assert await read(reviewer) == (["outlook", "summary"], [200] * 4, [200, 200])
    entries = await superuser.fetch(_READS, files["summary"][-36:])
    ids = [CALLERS[one.name].id for one in (delegate, reviewer)]
    assert [(row["actor_id"], row["reason"]) for row in entries] == [(key, path) for key in ids]
    assert (await author.step(delegation, "end")).status_code == 200
    assert await read(delegate) == ([], [404] * 4, [404, 404])


async def test_a_delegation_ends_with_its_report(
    caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = caller("author_xa")
    path = await (await Reporting.begun(author)).report()
    _, delegation = await _delegated(author, path, monkeypatch, superuser, "summary")
    assert (await author.step(path, "discard")).json()["status"] == "discarded"
    assert (await author.get(delegation)).json()["status"] == "ended"
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1", delegation[-36:])
    assert [row[0] for row in facts] == [reporting.DELEGATION_CREATED, reporting.DELEGATION_ENDED]
    late = await author.post(f"{path}/delegations", {"account_id": str(uuid4()), "sections": ["summary"]})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("more", "pointer"), [({"account_id": str(uuid4())}, "/account_id"), ({"sections": ["budget"]}, "/sections/0")]
)
async def test_an_unknown_account_or_section_is_not_delegated(
    caller: Callers, superuser: asyncpg.Connection, more: dict[str, Any], pointer: str
) -> None:
    author = caller("author_xa")
    path = await (await Reporting.begun(author)).report()
    await enter_principal(superuser, CALLERS["author_xa"])
    body = {"account_id": str(CALLERS["author_xa"].id), "sections": ["summary"], **more}
    refused = await author.post(f"{path}/delegations", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_sections_are_repeated_for_pillars_actions_and_indicators(
    caller: Callers, admin: Caller, no_national_indicators: None
) -> None:
    author = caller("author_xa")
    begun = await Reporting.begun(author)
    of_programme = f"/actions/v1/programmes/{begun.programme_id}"
    works = [(await action(admin, of_programme, pillar))[-36:] for pillar in PILLARS[:2]]
    measured = (await active_indicator(admin, framework=begun.code))[-36:]
    asked = [
        section("pillars", question("about_pillar"), repeat="pillar"),
        section("works", question("progress", "self_assessment"), repeat="action"),
        section("numbers", question("shown", "results", required=False), repeat="indicator"),
    ]
    await template(admin, begun.code, asked, version="2")
    path = await begun.report()
    items = [(one["key"], one["item"]) for one in (await author.get(path)).json()["sections"]]
    assert items == [*(("pillars", key) for key in PILLARS), *(("works", key) for key in works), ("numbers", measured)]
    assert (await author.get(f"{path}/sections/pillars")).status_code == 404
    await write(author, path, "pillars/action-1", about_pillar="Begun.")
    refused = await author.change(f"{path}/sections/works/{works[0]}", answers={"progress": "half"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/answers/progress")
    await write(author, path, f"works/{works[0]}", progress="limited")
    missing = await author.step(path, "submit")
    assert [one["pointer"] for one in missing.json()["errors"]] == [
        "/sections/1/answers/about_pillar", "/sections/2/answers/about_pillar", "/sections/4/answers/progress",
    ]  # fmt: skip


async def test_results_that_are_due_block_and_figures_stay_as_they_were_submitted(
    caller: Callers, admin: Caller, admin2: Caller, database: Database, no_national_indicators: None
) -> None:
    """R5."""
    author = caller("author_xa")
    asked = [section("numbers", question("results_of_all", "results"), question("done", "milestones", required=False))]
    begun = await Reporting.begun(author, sections=asked)
    await apply_periods(database)
    measured = (await active_indicator(admin, framework=begun.code))[-36:]
    work = await action(admin, f"/actions/v1/programmes/{begun.programme_id}", PILLARS[0])
    reached = await milestone(admin, work)
    path = await begun.report()
    refused = await author.step(path, "submit")
    assert (refused.status_code, refused.json()["reason"]) == (409, "results_missing")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/sections/0/answers/results_of_all"]
    body = {"indicator_id": measured, "period_id": begun.period_id, "country": "XA", "method": "measured"}
    first = await result(author, {**body, "value": "12.50"})
    assert await refusal(author, path, "submit") == "results_missing"
    assert (await author.step(first, "submit")).status_code == 200
    unknown = await author.change(f"{path}/sections/numbers", answers={"results_of_all": [str(uuid4())]})
    assert unknown.json()["errors"][0]["pointer"] == "/answers/results_of_all/0"
    await write(author, path, "numbers", results_of_all=[first[-36:]], done=[reached[-36:]])
    submitted = await author.step(path, "submit")
    assert submitted.status_code == 200, submitted.text
    figures = submitted.json()["figures"]
    (shown,) = figures["results"]
    assert (shown["result_id"], shown["value"], shown["revision"]) == (first[-36:], "12.50", 1)
    assert [one["milestone_id"] for one in figures["milestones"]] == [reached[-36:]]
    for by, step in ((caller("focal_xa"), "approve"), (admin2, "accept"), (admin, "publish")):
        assert (await by.step(first, step)).status_code == 200
    revised = await author.post(f"{RESULTS}/{first[-36:]}/revisions", {"value": "13", "reason": "Counted again"})
    again = revised.json()["links"]["self"]
    for by, step in ((author, "submit"), (caller("focal_xa"), "approve"), (admin2, "accept"), (admin, "publish")):
        assert (await by.step(again, step)).status_code == 200
    assert (await author.get(path)).json()["figures"] == figures
    await publish(author, path)
    seen = (await caller("author_xb").get(path)).json()["figures"]
    assert (seen["as_of"], seen["results"]) == (figures["as_of"], [])


async def test_contributors_are_experts_or_names_with_roles(caller: Callers, superuser: asyncpg.Connection) -> None:
    author = caller("author_xa")
    begun = await Reporting.begun(author)
    writer = {"person": {"expert_id": str(await expert(superuser))}, "credit": ["writing-original-draft"], "order": 1}
    helper = {"person": {"name": "Amina Khan"}, "credit": ["investigation", "resources"], "order": 2}
    path = await begun.report(contributors=[writer, helper])
    named = (await author.get(path)).json()["contributors"]
    assert [one["person"]["name"] for one in named] == [None, "Amina Khan"]
    for wrong, pointer in (
        ({**helper, "credit": ["cooking"]}, "/contributors/0/credit/0"),
        ({**writer, "person": {"expert_id": str(uuid4())}}, "/contributors/0/person/expert_id"),
        ({**writer, "person": {}}, "/contributors/0/person"),
    ):
        refused = await author.change(path, contributors=[wrong])
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await author.change(path, contributors=[helper])).status_code == 200


async def test_an_answer_may_be_a_document_that_is_then_in_use(caller: Callers, admin: Caller) -> None:
    author = caller("author_xa")
    begun = await Reporting.begun(author, sections=[section("annex", question("map", "document"))])
    path = await begun.report()
    file = await evidence(author)
    document = {"title": "Map", "date": "2026-11-01", "evidence_id": file[-36:]}
    written = await write(author, path, "annex", map=document)
    assert len(written["answers"]["map"]["sha256"]) == 64
    await author.step(path, "submit")
    named = (await admin.get(f"{file}?include=references")).json()["referenced_by"]
    assert [(one["resource"], one["id"]) for one in named] == [("actions.reports", path[-36:])]
    assert await refusal(author, file, "withdraw", reason="Outdated") == "evidence_in_use"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"programme_id": str(uuid4())}, "/programme_id"),
        ({"period_id": str(uuid4())}, "/period_id"),
        ({"template_id": str(uuid4())}, "/template_id"),
        ({"replaces_id": str(uuid4())}, "/replaces_id"),
        ({"prefill": "all"}, "/prefill"),
    ],
)
async def test_a_report_names_what_there_is(caller: Callers, more: dict[str, str], pointer: str) -> None:
    begun = await Reporting.begun(caller("author_xa"))
    body = {"programme_id": begun.programme_id, "period_id": begun.period_id, **more}
    refused = await caller("author_xa").post(REPORTS, body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_report_is_about_a_period_of_its_framework(caller: Callers) -> None:
    author = caller("author_xa")
    begun, other = await Reporting.begun(author), await Reporting.begun(author)
    refused = await author.post(REPORTS, {"programme_id": begun.programme_id, "period_id": other.period_id})
    assert refused.json()["errors"][0]["code"] == "period_mismatch"
    assert (
        await caller("author_xb").post(
            REPORTS, {"programme_id": begun.programme_id, "period_id": await period(author, begun.code, 2027)}
        )
    ).status_code in (403, 422)
