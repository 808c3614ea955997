"""A programme reports about a period: sections are written, reviewed and published."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from shared.contracts import reporting
from tests.actions.programme import refusal
from tests.support.callers import Caller
from tests.support.progress import (
    REPORTS,
    SECTIONS,
    Reporting,
    as_reviewer,
    period,
    publish,
    question,
    section,
    write,
)

Callers = Callable[[str | None], Caller]
_FACTS = "SELECT type FROM core_outbox WHERE subject = $1"


async def test_a_template_that_is_made_by_the_api_serves_a_report(
    caller: Callers, superuser: asyncpg.Connection
) -> None:
    """R1."""
    author, officer = caller("author_xa"), caller("officer")
    reporting_of = await Reporting.begun(author)
    path = await reporting_of.report()
    made = (await author.get(path)).json()
    assert (made["status"], made["holder"], made["light"]) == ("draft", "country", "green")
    assert [(one["key"], one["item"], one["state"]) for one in made["sections"]] == [
        ("summary", None, "empty"), ("outlook", None, "empty"),
    ]  # fmt: skip
    refused = await author.step(path, "submit")
    assert (refused.status_code, refused.json()["reason"]) == (409, "answers_missing")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/sections/0/answers/achieved"]
    written = await write(author, path, "summary", achieved="Twelve stations are at work.")
    assert (written["state"], written["answers"]) == ("draft", {"achieved": "Twelve stations are at work."})
    submitted = (await author.step(path, "submit")).json()
    assert (submitted["status"], submitted["holder"], submitted["light"]) == ("submitted", "secretariat", None)
    assert submitted["figures"] | {"as_of": None} == {"as_of": None, "results": [], "milestones": []}
    assert (await author.change(f"{path}/sections/summary", state="done")).status_code == 409
    assert (await officer.step(path, "take")).json()["status"] == "in_review"
    assert (await officer.step(path, "return")).status_code == 422
    back = await officer.step(path, "return", reason="Which stations?")
    assert (back.json()["status"], back.json()["holder"]) == ("changes_requested", "country")
    await write(author, path, "outlook", risks="Drought")
    assert (await author.step(path, "submit")).json()["status"] == "submitted"
    for action, state in (("take", "in_review"), ("clear", "cleared")):
        assert (await officer.step(path, action)).json()["status"] == state
    published = await caller("government_xa").step(path, "publish")
    assert (published.json()["status"], published.json()["holder"]) == ("published", None)
    for shown in (path, f"{path}/sections/outlook"):
        assert (await caller("applicant").get(shown)).status_code == 200
    facts = {row[0] for row in await superuser.fetch(_FACTS, path[-36:])}
    assert facts == {
        reporting.REPORT_CREATED, reporting.REPORT_SUBMITTED, reporting.REPORT_IN_REVIEW,
        reporting.REPORT_CHANGES_REQUESTED, reporting.REPORT_CLEARED, reporting.REPORT_PUBLISHED,
    }  # fmt: skip


async def test_copied_answers_block_the_submission_until_they_are_confirmed(caller: Callers) -> None:
    """R2."""
    author = caller("author_xa")
    of_2025 = await Reporting.begun(author, year=2025)
    before = await of_2025.submitted()
    of_2026 = Reporting(author, of_2025.code, of_2025.programme_id, await period(author, of_2025.code, 2026))
    path = await of_2026.report()
    copied = (await author.get(f"{path}/sections/summary")).json()
    assert copied["answers"] == (await author.get(f"{before}/sections/summary")).json()["answers"]
    assert (copied["state"], copied["prefilled"], copied["confirmed"]) == ("draft", ["achieved"], False)
    refused = await author.step(path, "submit")
    assert (refused.status_code, refused.json()["reason"]) == (409, "prefill_unconfirmed")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/sections/0/confirmed"]
    confirmed = await author.change(f"{path}/sections/summary", confirmed=True)
    assert confirmed.json()["confirmed"] is True
    assert (await author.step(path, "submit")).json()["status"] == "submitted"


async def test_sections_that_are_written_at_the_same_time_are_all_kept(caller: Callers) -> None:
    """R3, second half."""
    author = caller("author_xa")
    keys = [f"part_{n}" for n in range(8)]
    begun = await Reporting.begun(author, sections=[section(key, question(f"of_{key}")) for key in keys])
    path = await begun.report()
    etag = (await author.get(path)).headers["etag"]
    await asyncio.gather(*(write(author, path, key, **{f"of_{key}": f"About {key}"}) for key in keys))
    for key in keys:
        assert (await author.get(f"{path}/sections/{key}")).json()["answers"] == {f"of_{key}": f"About {key}"}
    stale = await author.patch(f"{path}/sections/{keys[0]}", {"state": "done"}, etag='"1"')
    assert stale.status_code == 412
    assert (await author.patch(path, {"visibility": "restricted"}, etag=etag)).status_code in (200, 412)


async def test_an_unresolved_comment_or_an_author_blocks_the_clearance(
    caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R4."""
    author, officer = caller("author_xa"), caller("officer")
    path = await (await Reporting.begun(author)).submitted()
    reviewer = as_reviewer(author, path, monkeypatch)
    assert (await reviewer.step(path, "take")).status_code == 200
    asked = await reviewer.post(f"{path}/comments", {"section": "summary", "text": "Which stations?"})
    assert (asked.status_code, asked.json()["status"]) == (201, "open")
    comment = asked.json()["links"]["self"]
    assert (await author.get(path)).json()["open_comments"] == 1
    answered = await author.step(comment, "answer", fields={"text": "Those of the delta."})
    assert (answered.json()["status"], answered.json()["answer"]) == ("answered", "Those of the delta.")
    assert await refusal(officer, path, "clear") == "comments_open"
    assert (await officer.step(comment, "resolve")).status_code == 403
    below = f"{path}/comments/{comment[-36:]}"
    assert (await reviewer.step(below, "resolve")).json()["status"] == "resolved"
    assert (await reviewer.step(below, "reopen")).json()["status"] == "open"
    await author.step(comment, "answer", reason="As above")
    await reviewer.step(comment, "resolve")
    assert await refusal(caller("both_xa"), path, "clear") == "not_independent"
    assert (await officer.step(path, "clear")).json()["status"] == "cleared"


async def test_who_wrote_a_section_does_not_clear_the_report(caller: Callers, admin: Caller) -> None:
    begun = await Reporting.begun(caller("author_xa"))
    path = await begun.report()
    await write(admin, path, "summary", achieved="As told by telephone.")
    await begun.by.step(path, "submit")
    await caller("officer").step(path, "take")
    assert await refusal(admin, path, "clear") == "is_an_author"
    assert (await caller("admin2").step(path, "clear")).status_code == 200


async def test_others_read_the_public_answers_of_a_published_report(caller: Callers) -> None:
    author, other = caller("author_xa"), caller("author_xb")
    path = await (await Reporting.begun(author, sections=[*SECTIONS])).report()
    await write(author, path, "outlook", risks="Drought")
    await write(author, path, "summary", achieved="Twelve stations.")
    await author.step(path, "submit")
    assert (await other.get(path)).status_code == 404
    assert (await caller(None).get(path)).status_code == 401
    await publish(author, path)
    seen = (await other.get(path)).json()
    assert [one.keys() for one in seen["sections"]] == [{"key", "item", "state"}] * 2
    assert "open_comments" not in seen
    assert (await other.get(f"{path}/sections/summary")).json()["answers"] == {"achieved": "Twelve stations."}
    assert (await other.get(f"{path}/sections/outlook")).json()["answers"] == {}
    assert (await other.get(f"{path}/comments")).json()["items"] == []
    assert (await other.change(f"{path}/sections/summary", state="done")).status_code == 403


async def test_a_replacement_supersedes_the_published_report(caller: Callers) -> None:
    author = caller("author_xa")
    begun = await Reporting.begun(author)
    first = await begun.submitted()
    again = await author.post(REPORTS, {"programme_id": begun.programme_id, "period_id": begun.period_id})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/period_id")
    await publish(author, first)
    assert (
        await author.post(REPORTS, {"programme_id": begun.programme_id, "period_id": begun.period_id})
    ).status_code == 409
    second = await begun.report(replaces_id=first[-36:])
    assert (await author.get(f"{second}/sections/summary")).json()["prefilled"] == ["achieved"]
    await author.change(f"{second}/sections/summary", confirmed=True)
    await author.step(second, "submit")
    await publish(author, second)
    old = (await author.get(first)).json()
    assert (old["status"], old["superseded_by"]) == ("superseded", second[-36:])
    retracted = await caller("government_xa").step(second, "retract", reason="Wrong numbers")
    assert retracted.json()["status"] == "retracted"
