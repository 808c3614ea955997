"""Assessors assess what countries do, countries have a right of reply, and both sides are compared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.reporting.assessments import domain
from services.actions.reporting.assessments.domain import IndependentAssessment, SelfAssessment, Subject
from shared.contracts import assessments
from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.actions.programme import action, framework, milestone, programme, refusal, steps
from tests.support.assessments import ASSESSMENTS, assessment, body, pass_reply_time, period, subjects
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.progress import Reporting, publish, question, section, write

Callers = Callable[[str | None], Caller]
DOCUMENT = {"title": "Field notes", "date": "2026-06-01", "url": "https://example.org/notes.pdf"}
REPLY = {"text": {"en": "Two more stations follow in May."}}
_FACTS = "SELECT type FROM core_outbox WHERE subject = $1"


def _holding(caller: Caller, monkeypatch: pytest.MonkeyPatch, *grants: Any) -> Caller:
    """A new person with these grants."""
    name = f"person {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, *grants))
    return caller.known_as(name)


@pytest.mark.parametrize("kind", ["programme", "action", "milestone"])
async def test_an_assessment_has_a_life(caller: Callers, superuser: asyncpg.Connection, kind: str) -> None:
    officer, focal = caller("officer"), caller("focal_xa")
    found, of_period = await subjects(caller("author_xa"))
    path = await assessment(officer, kind, found[kind], of_period, evidence=[DOCUMENT])
    assert await refusal(officer, path, "publish") == "not_in_this_state"
    submitted = await officer.step(path, "submit")
    assert submitted.json()["reply_due"] == str(today() + timedelta(days=21))
    silent = await focal.step(path, "reply")
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/fields/text")
    replied = (await focal.step(path, "reply", fields=REPLY)).json()
    assert (replied["status"], replied["reply"], replied["replied_on"]) == ("submitted", REPLY["text"], str(today()))
    published = (await officer.step(path, "publish")).json()
    assert (published["status"], published["published_on"]) == ("published", str(today()))
    assert published["visibility"] == "public"
    assert (await officer.step(path, "retract")).status_code == 422
    assert (await officer.step(path, "retract", reason="Wrong station")).json()["status"] == "retracted"
    facts = {row["type"] for row in await superuser.fetch(_FACTS, UUID(path[-36:]))}
    assert facts == assessments.FACTS - {assessments.ASSESSMENT_UPDATED, assessments.ASSESSMENT_SUPERSEDED}
    line = (await focal.get(f"{path}/history")).json()["items"][0]
    assert (line["action"], line["to"]) == ("retract", "retracted")


async def test_publication_waits_for_a_reply_or_21_days(caller: Callers, superuser: asyncpg.Connection) -> None:
    """R8."""
    officer = caller("officer")
    found, of_period = await subjects(caller("author_xa"))
    path = await assessment(officer, "action", found["action"], of_period)
    await officer.step(path, "submit")
    await superuser.execute("UPDATE action_assessment SET reply_due = $2 WHERE id = $1", path[-36:], today())
    assert await refusal(officer, path, "publish") == "reply_pending"
    await pass_reply_time(superuser, path)
    assert (await officer.step(path, "publish")).json()["status"] == "published"
    assert (await officer.step(path, "supersede")).json()["status"] == "superseded"


async def test_country_roles_write_none_and_see_no_drafts(caller: Callers) -> None:
    """R7."""
    officer, country = caller("officer"), [caller(name) for name in ("author_xa", "focal_xa", "government_xa")]
    found, of_period = await subjects(caller("author_xa"))
    path = await assessment(officer, "programme", found["programme"], of_period)
    seen = f"{ASSESSMENTS}?subject_id={found['programme']}"
    for one in country:
        assert (await one.post(ASSESSMENTS, body("programme", found["programme"], of_period))).status_code == 403
        for address in (path, f"{path}/history", f"{path}/transitions"):
            assert (await one.get(address)).status_code == 404
        assert (await one.get(seen)).json()["items"] == []
    assert [one["id"] for one in (await officer.get(seen)).json()["items"]] == [path[-36:]]
    assert (await caller("auditor").get(path)).status_code == 200
    await officer.step(path, "submit")
    for one in country:
        shown = await one.get(path)
        assert shown.json()["status"] == "submitted"
        refused = await one.patch(path, {"completion": "complete"}, etag=shown.headers["etag"])
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await caller("author_xa").step(path, "reply", fields=REPLY)).status_code == 403
    for stranger in (caller("author_xb"), caller("government_xb")):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get(seen)).json()["items"] == []
    assert (await caller(None).get(path)).status_code == 401


async def test_others_see_what_is_published_by_its_visibility(caller: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, stranger = caller("officer"), caller("author_xb")
    found, of_period = await subjects(caller("author_xa"))
    path = await assessment(officer, "action", found["action"], of_period, evidence=[DOCUMENT])
    await steps(officer, path, "submit")
    await caller("focal_xa").step(path, "reply", fields=REPLY)
    await steps(officer, path, "publish")
    shown = (await stranger.get(path)).json()
    assert (shown["reply"], "evidence" in shown, "created_by" in shown) == (REPLY["text"], False, False)
    assert (await officer.change(path, visibility="restricted")).status_code == 200
    assert (await stranger.get(path)).status_code == 404
    changed = await officer.change(path, completion="complete")
    assert (changed.status_code, changed.json()["current_state"]) == (409, "published")
    reviewer = _holding(officer, monkeypatch, grant("reviewer", "record", found["action"]))
    made = await reviewer.post(ASSESSMENTS, body("action", found["action"], of_period, visibility="public"))
    assert (made.status_code, made.json()["reason"]) == (403, "publish_not_permitted")


async def test_a_reviewer_assesses_the_subject_of_the_grant(caller: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    found, of_period = await subjects(caller("author_xa"))
    reviewer = _holding(caller("admin"), monkeypatch, grant("reviewer", "record", found["milestone"]))
    path = await assessment(reviewer, "milestone", found["milestone"], of_period)
    assert (await reviewer.change(path, completion="complete")).json()["completion"] == "complete"
    assert (await reviewer.step(path, "submit")).json()["status"] == "submitted"
    assert (await reviewer.step(path, "publish")).status_code == 403
    refused = await reviewer.post(ASSESSMENTS, body("action", found["action"], of_period))
    assert refused.status_code in (403, 422)


async def test_whoever_assesses_is_of_another_body(caller: Callers, superuser: asyncpg.Connection) -> None:
    admin, officer = caller("admin"), caller("officer")
    found, of_period = await subjects(admin)
    own = await assessment(admin, "action", found["action"], of_period)
    assert await refusal(admin, own, "submit") == "is_an_author"
    assert await refusal(caller("both_xa"), own, "submit") == "not_independent"
    assert (await officer.step(own, "submit")).status_code == 200
    await superuser.execute(
        "UPDATE action_milestone SET claimants = ARRAY[$2::uuid] WHERE id = $1",
        found["milestone"],
        CALLERS["officer"].id,
    )
    claimed = await assessment(officer, "milestone", found["milestone"], of_period)
    assert await refusal(officer, claimed, "submit") == "is_an_author"


async def test_a_director_does_not_assess_the_own_centre(caller: Callers, superuser: asyncpg.Connection) -> None:
    officer = caller("officer")
    account = {"display_name": "Dora Director", "status": "active", "category": "expert", "account_id": uuid4()}
    director = await enter(superuser, "member_expert", **account)
    centre = await enter(superuser, "centre_centre", country="XA", status="active", director_id=director)
    of_period = await period(officer, await framework(officer))
    own = await assessment(officer, "centre", str(centre), of_period, assessor={"expert_id": str(director)})
    assert await refusal(officer, own, "submit") == "is_an_author"
    assert (await officer.change(own, assessor={"expert_id": None, "name": "Iris"})).status_code == 200
    assert (await officer.step(own, "submit")).json()["subject"] == {"kind": "centre", "id": str(centre)}


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"subject": {"kind": "action", "id": str(uuid4())}}, "/subject/id", "unknown_reference"),
        ({"subject": {"kind": "country", "id": str(uuid4())}}, "/subject/kind", "not_one_of"),
        ({"period_id": str(uuid4())}, "/period_id", "unknown_reference"),
        ({"completion": "half"}, "/completion", "not_one_of"),
        ({"assessor": {"organisation": "Institute"}}, "/assessor", "expert_or_name"),
        ({"assessor": {"expert_id": str(uuid4())}}, "/assessor/expert_id", "unknown_reference"),
        ({"text": {}}, "/text", "too_short"),
        ({"evidence": [DOCUMENT] * 21}, "/evidence", "too_long"),
        ({"reply": {"en": "No"}}, "/reply", "unknown_field"),
    ],
)
async def test_a_wrong_body_names_its_fault(admin: Caller, more: dict[str, object], pointer: str, code: str) -> None:
    found, of_period = await subjects(admin)
    refused = await admin.post(ASSESSMENTS, body("action", found["action"], of_period) | more)
    faults = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert (refused.status_code, faults) == (422, {(pointer, code)})


async def test_the_period_is_one_of_the_framework(admin: Caller) -> None:
    found, _ = await subjects(admin)
    other = await period(admin, await framework(admin))
    refused = await admin.post(ASSESSMENTS, body("milestone", found["milestone"], other))
    assert refused.json()["errors"][0]["code"] == "period_mismatch"


async def test_a_comparison_has_the_latest_published_independent_assessment(
    caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7."""
    officer = caller("officer")
    found, of_period = await subjects(caller("author_xa"))
    for completion, day, more in (
        ("limited", "2026-03-01", {}),
        ("substantial", "2026-04-01", {}),
        ("complete", "2026-05-01", {"independent": False}),
    ):
        path = await assessment(officer, "action", found["action"], of_period, completion=completion, date=day, **more)
        await steps(officer, path, "submit")
        await pass_reply_time(superuser, path)
        await steps(officer, path, "publish")
    address = f"{ASSESSMENTS}/comparison?country=XA&period={of_period}"
    for name in ("author_xa", "author_xb"):
        (item,) = (await caller(name).get(address)).json()["items"]
        assert (item["subject"]["kind"], item["subject"]["id"]) == ("action", found["action"])
        assert (item["self"], item["gap"]) == (None, "not_reported")
        assert (item["independent"]["completion"], item["difference"]) == ("substantial", None)
        assert item["independent"]["assessor"]["name"] == "Iris Independent"


async def test_a_comparison_has_what_the_latest_report_says_as_far_as_the_caller_reads_it(
    caller: Callers, superuser: asyncpg.Connection
) -> None:
    """R7, with a report."""
    author, officer = caller("author_xa"), caller("officer")
    begun = await Reporting.begun(
        author,
        sections=[
            section("summary", question("overall", "self_assessment", public=True)),
            section("works", question("each", "self_assessment", required=False), repeat="action"),
        ],
    )
    work = (await action(author, f"/actions/v1/programmes/{begun.programme_id}", "action-1"))[-36:]
    report = await begun.report()
    await write(author, report, "summary", overall="complete")
    await write(author, report, f"works/{work}", each="limited")
    address = f"{ASSESSMENTS}/comparison?country=XA&period={begun.period_id}"
    assert (await officer.get(address)).json()["items"] == []
    assert (await author.step(report, "submit")).status_code == 200
    path = await assessment(officer, "programme", begun.programme_id, begun.period_id, completion="not_started")
    await steps(officer, path, "submit")
    await pass_reply_time(superuser, path)
    await steps(officer, path, "publish")

    async def compared(name: str) -> list[tuple[str, str | None, int | None]]:
        items = (await caller(name).get(address)).json()["items"]
        assert all(item["self"]["report"] == report[-36:] for item in items if item["self"])
        return [(one["subject"]["kind"], one["self"] and one["self"]["completion"], one["difference"]) for one in items]

    whole = [("action", "limited", None), ("programme", "complete", -3)]
    assert sorted(await compared("author_xa")) == sorted(await compared("officer")) == whole
    assert await compared("author_xb") == [("programme", None, None)]
    await publish(author, report)
    assert (await caller("admin").change(report, visibility="public")).status_code == 200
    assert await compared("author_xb") == [("programme", "complete", -3)]
    assert (await author.change(path, text={"en": "All is well."})).status_code == 403


async def test_what_a_country_says_of_a_pillar_is_compared_with_what_was_found_of_its_actions(
    caller: Callers, superuser: asyncpg.Connection
) -> None:
    author, officer = caller("author_xa"), caller("officer")
    asked = section("pillars", question("far", "self_assessment", public=True), repeat="pillar")
    begun = await Reporting.begun(author, sections=[asked])
    plan = f"/actions/v1/programmes/{begun.programme_id}"
    report = await begun.report()
    for pillar, completion in (("action-1", "complete"), ("action-2", "limited"), ("action-3", "no_evidence")):
        await write(author, report, f"pillars/{pillar}", far=completion)
    assert (await author.step(report, "submit")).status_code == 200
    address = f"{ASSESSMENTS}/comparison?country=XA&period={begun.period_id}"

    async def of_pillars(name: str) -> list[tuple[str, str | None, int | None, str | None]]:
        items = (await caller(name).get(address)).json()["items"]
        found = [one for one in items if one["subject"]["kind"] == "pillar"]
        assert {(one["subject"]["id"], one["independent"]) for one in found} <= {(begun.programme_id, None)}
        return [
            (one["subject"]["pillar"], one["actions"] and one["actions"]["completion"], one["difference"], one["gap"])
            for one in found
        ]

    unassessed = [(f"action-{n}", None, None, "not_assessed") for n in (1, 2, 3)]
    assert await of_pillars("officer") == await of_pillars("author_xa") == unassessed
    paths = []
    for pillar, completion in (
        ("action-1", "not_started"),
        ("action-1", "substantial"),
        ("action-2", "no_evidence"),
        ("action-3", "complete"),
    ):
        work = (await action(author, plan, pillar))[-36:]
        paths.append(await assessment(officer, "action", work, begun.period_id, completion=completion))
        await steps(officer, paths[-1], "submit")
        await pass_reply_time(superuser, paths[-1])
    assert await of_pillars("officer") == unassessed, "nothing is published"
    for path in paths:
        await steps(officer, path, "publish")
    assert await of_pillars("officer") == [
        ("action-1", "not_started", -3, None),
        ("action-2", "no_evidence", None, "no_evidence"),
        ("action-3", "complete", None, "no_evidence"),
    ]
    items = (await officer.get(address)).json()["items"]
    (first,) = [one for one in items if one["subject"]["pillar"] == "action-1"]
    assert sorted(first["actions"]["assessments"]) == sorted(path[-36:] for path in paths[:2])
    assert {one["gap"] for one in items if one["subject"]["kind"] == "action"} == {"not_reported"}
    assert await of_pillars("author_xb") == [], "the report is not published"


@pytest.mark.parametrize(
    ("found", "median"),
    [
        (["limited"], "limited"),
        (["complete", "not_started"], "not_started"),
        (["complete", "not_started", "substantial"], "substantial"),
        (["no_evidence", "complete"], "complete"),
        (["no_evidence", "no_evidence"], "no_evidence"),
    ],
)
def test_a_pillar_has_the_median_of_its_actions(found: list[str], median: str) -> None:
    nobody: Any = {"expert_id": None, "name": "x", "organisation": None}
    assert domain.found_of_pillar([IndependentAssessment(one, nobody, uuid4()) for one in found]).completion == median


async def test_a_comparison_is_of_a_country_and_a_period(caller: Callers) -> None:
    officer = caller("officer")
    for query in ("", "?country=ZZ", "?country=XA&other=1"):
        assert (await officer.get(f"{ASSESSMENTS}/comparison{query}")).status_code == 400
    unknown = await officer.get(f"{ASSESSMENTS}/comparison?country=XA&period=1850")
    assert unknown.json()["items"] == []
    assert (await caller(None).get(f"{ASSESSMENTS}/comparison?country=XA")).status_code == 401


@pytest.mark.parametrize(
    ("own", "independent", "difference", "gap"),
    [
        ("complete", "not_started", -3, None),
        ("not_started", "complete", 3, None),
        ("limited", "limited", 0, None),
        ("no_evidence", "complete", None, "no_evidence"),
        ("complete", "no_evidence", None, "no_evidence"),
        ("complete", None, None, "not_assessed"),
    ],
)
def test_the_difference_counts_points(
    own: str, independent: str | None, difference: int | None, gap: str | None
) -> None:
    key = uuid4()
    subject = Subject("action", key, key)
    nobody: Any = {"expert_id": None, "name": "x", "organisation": None}
    found = {subject: IndependentAssessment(independent, nobody, key)} if independent else {}
    (item,) = domain.compared({subject: SelfAssessment(own, key)}, found)
    assert (item.difference, item.gap) == (difference, gap)


async def test_assessments_are_counted_and_listed(caller: Callers) -> None:
    officer = caller("officer")
    code = await framework(officer)
    plan = await programme(caller("author_xa"), framework=code)
    of_period = await period(officer, code)
    work = await action(caller("author_xa"), plan, "action-1")
    mark = await milestone(caller("author_xa"), work)
    for kind, path in (("action", work), ("milestone", mark), ("milestone", mark)):
        await steps(officer, await assessment(officer, kind, path[-36:], of_period), "submit")
    query = f"framework={code}"
    counted = await officer.get(f"/actions/v1/statistics?of=assessments&by=kind,completion&{query}")
    shown = {(one["kind"], one["completion"]): one["count"] for one in counted.json()["items"]}
    assert shown == {("action", "limited"): 1, ("milestone", "limited"): 2}
    hidden = await caller("author_xb").get(f"/actions/v1/statistics?of=assessments&by=kind&{query}")
    assert hidden.json()["total"] == 0
    listed = (await officer.get(f"{ASSESSMENTS}?{query}&kind=milestone&completion=limited&independent=true")).json()
    assert len(listed["items"]) == 2
    assert (await officer.get(f"{ASSESSMENTS}?{query}&kind=centre")).json()["items"] == []
