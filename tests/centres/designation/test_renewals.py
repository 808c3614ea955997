"""A renewal opens nine months before the end of a term with an evaluation and a final report. It needs both and the
reports of the ended years, and opens the next term with conditions."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres import worker
from services.centres.designation.centres import schedules
from services.centres.designation.centres.domain import RENEWAL_MONTHS
from services.centres.reporting.annual_reports import operations as reports
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today, years_after
from tests.support.callers import Caller
from tests.support.centres import (
    DECISIONS,
    DOCUMENT,
    MEETINGS,
    TERMS,
    Members,
    entered,
    proposed_committee,
    refused,
    seated,
    stepped,
)
from tests.support.clock import run_on
from tests.support.evaluations import EVALUATIONS, Evaluated
from tests.support.reports import ANSWERED, REPORTS, Record, ReportingCentre, asked

WORK_LIST = "/centres/v1/work_list"


@pytest.fixture
async def evaluated(
    centre: ReportingCentre, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Evaluated:
    return Evaluated(centre, members, superuser, monkeypatch)


async def _now(evaluated: Evaluated) -> Record:
    return dict((await evaluated.admin.get(evaluated.centre.record["links"]["self"])).json())


async def _end_terms(database: Database, days: int = 0, workers: int = 1) -> None:
    day = today() + timedelta(days=days)
    await run_on(day, schedules.apply_scheduled, database, workers=workers)


async def _ending(evaluated: Evaluated, days: int) -> None:
    """Moves the term of the centre with its reports, so that its last day is this many days away."""
    (term,) = (await evaluated.admin.get(f"{TERMS}?centre_id={evaluated.id}")).json()["items"]
    by = (today() + timedelta(days=days)) - date.fromisoformat(term["ends"])
    key, moved = UUID(evaluated.id), by.days
    for put in (
        "UPDATE centre_centre SET term_starts = term_starts + $2::integer, term_ends = term_ends + $2 WHERE id = $1",
        "UPDATE centre_term SET starts = starts + $2::integer, ends = ends + $2 WHERE centre_id = $1",
        "UPDATE centre_annual_report SET period_starts = period_starts + $2::integer WHERE centre_id = $1",
        "UPDATE centre_annual_report SET period_ends = period_ends + $2::integer, due = due + $2 WHERE centre_id = $1",
    ):
        await evaluated.rows.execute(put, key, moved)


async def _final(evaluated: Evaluated) -> Record:
    (found,) = (await evaluated.admin.get(f"{REPORTS}?centre_id={evaluated.id}&kind=final")).json()["items"]
    return dict(found)


async def _opened(evaluated: Evaluated, database: Database, days: int = 200) -> Record:
    """The centre after its renewal has opened."""
    await _ending(evaluated, days)
    await _end_terms(database)
    opened = await _now(evaluated)
    assert opened["status"] == "renewal_due"
    return opened


async def _report(evaluated: Evaluated, record: Record) -> Record:
    """Answers and submits a report."""
    started = await stepped(evaluated.officer, record, "start")
    changed = await evaluated.officer.change(started["links"]["self"], **ANSWERED)
    assert changed.status_code == 200, changed.text
    return await stepped(evaluated.officer, started, "submit", fields={"confirm_prefilled": True})


async def _account_for_years(evaluated: Evaluated) -> None:
    """Every ended year of the term has an accepted report, the last of them a waived one."""
    owed = (await evaluated.admin.get(f"{REPORTS}?centre_id={evaluated.id}&kind=annual&sort=due")).json()["items"]
    ended = [one for one in owed if one["period"]["ends"] < today().isoformat()]
    for one in ended[:-1]:
        await stepped(evaluated.admin, await _report(evaluated, one), "accept")
    await stepped(evaluated.admin, ended[-1], "waive", reason="A new director")


async def test_a_renewal_opens_nine_months_before_the_end_once(evaluated: Evaluated, database: Database) -> None:
    ends = date.fromisoformat((await _now(evaluated))["term"]["ends"])
    month = (ends.month - RENEWAL_MONTHS[0] - 1) % 12 + 1
    year = ends.year + (ends.month - RENEWAL_MONTHS[0] - 1) // 12
    opens = next(date(year, month, day) for day in range(ends.day, 0, -1) if _is_day(year, month, day))
    early = (opens - today()).days - 1
    await _end_terms(database, early)
    assert (await _now(evaluated))["status"] == "active"
    for _ in range(2):
        await _end_terms(database, early + 1, workers=4)
    assert (await _now(evaluated))["status"] == "renewal_due"
    (evaluation,) = (await evaluated.admin.get(f"{EVALUATIONS}?centre_id={evaluated.id}")).json()["items"]
    assert (evaluation["status"], evaluation["kind"], evaluation["panel"]) == ("planned", "renewal", [])
    final = await _final(evaluated)
    assert (final["status"], final["number"], final["due"]) == ("due", None, ends.isoformat())
    assert final["period"] == {"starts": (await _now(evaluated))["term"]["starts"], "ends": ends.isoformat()}
    history = (await evaluated.admin.get(f"{evaluated.centre.record['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history].count("open_renewal") == 1


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


async def test_a_renewal_is_blocked_reason_by_reason(evaluated: Evaluated, database: Database) -> None:
    opened = await _opened(evaluated, database)
    path = opened["links"]["self"]

    async def missing() -> list[str]:
        items = (await evaluated.officer.get(f"{path}/checklist")).json()
        assert {item["needed_for"] for item in items["items"]} == {"submit_renewal"}
        return list(items["missing"])

    reasons = ["final_report_missing", "evaluation_missing", "annual_report_missing"]
    assert await missing() == reasons
    assert await refused(evaluated.officer, opened, "submit_renewal") == reasons[0]
    await asked(evaluated.admin, kind="final_report")
    final = await _report(evaluated, await _final(evaluated))
    assert await missing() == reasons[1:]
    completed = await evaluated.completed()
    await evaluated.aged(completed, 19 * 31)
    assert await missing() == reasons[1:], "it was completed too early"
    await evaluated.aged(completed, 17 * 30)
    assert await missing() == reasons[2:]
    await _account_for_years(evaluated)
    assert await missing() == []
    submitted = await stepped(evaluated.officer, opened, "submit_renewal")
    assert (submitted["status"], submitted["final_report"], submitted["evaluation"]) == ("renewal_review", None, None)
    assert final["kind"] == "final"


async def test_documents_stand_for_the_final_report_and_the_evaluation(
    evaluated: Evaluated, database: Database
) -> None:
    opened = await _opened(evaluated, database)
    papers = {"final_report": DOCUMENT, "evaluation": DOCUMENT}
    assert await refused(evaluated.officer, opened, "submit_renewal", fields=papers) == "annual_report_missing"
    await _account_for_years(evaluated)
    one = {"final_report": DOCUMENT}
    assert await refused(evaluated.officer, opened, "submit_renewal", fields=one) == "evaluation_missing"
    submitted = await stepped(evaluated.officer, opened, "submit_renewal", fields=papers)
    assert submitted["evaluation"]["title"] == DOCUMENT["title"]


async def _reviewed(evaluated: Evaluated, database: Database) -> Record:
    opened = await _opened(evaluated, database)
    await _account_for_years(evaluated)
    papers = {"final_report": DOCUMENT, "evaluation": DOCUMENT}
    return await stepped(evaluated.officer, opened, "submit_renewal", fields=papers)


async def test_the_next_term_starts_the_day_after_with_its_reports(evaluated: Evaluated, database: Database) -> None:
    reviewed = await _reviewed(evaluated, database)
    ends = date.fromisoformat(reviewed["term"]["ends"])
    renewed = await stepped(evaluated.admin, reviewed, "renew")
    starts = ends + timedelta(days=1)
    assert renewed["term"] == {
        "number": 2, "starts": starts.isoformat(), "ends": (years_after(starts, 4) - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    terms = (await evaluated.admin.get(f"{TERMS}?centre_id={evaluated.id}&status=current")).json()["items"]
    owed = (await evaluated.admin.get(f"{REPORTS}?term_id={terms[0]['id']}&sort=due")).json()["items"]
    assert [(one["number"], one["kind"], one["status"]) for one in owed] == [
        (number, "annual", "due") for number in (1, 2, 3, 4)
    ]
    assert owed[0]["period"]["starts"] == starts.isoformat()


@pytest.mark.parametrize("written", ["due", "draft", "submitted"])
async def test_a_renewal_settles_the_final_report_on_the_term_before(
    evaluated: Evaluated, database: Database, written: str
) -> None:
    reviewed = await _reviewed(evaluated, database)
    await asked(evaluated.admin, kind="final_report")
    if written == "draft":
        await stepped(evaluated.officer, await _final(evaluated), "start")
    elif written == "submitted":
        await _report(evaluated, await _final(evaluated))
    assert (await _final(evaluated))["status"] == written
    await stepped(evaluated.admin, reviewed, "renew")
    final = await _final(evaluated)
    assert (final["status"], final["light"]) == ("submitted" if written == "submitted" else "waived", None)
    (line,) = (await evaluated.admin.get(f"{final['links']['self']}/history?limit=1")).json()["items"]
    assert line["action"] == ("submit" if written == "submitted" else "waive_by_renewal")


async def _closed(evaluated: Evaluated, centre: Record) -> str:
    """The state of the final report after the centre has closed."""
    await stepped(evaluated.admin, centre, "close", reason="The host ends it")
    return str((await _final(evaluated))["status"])


@pytest.mark.parametrize("written", ["due", "draft", "submitted"])
async def test_a_closed_centre_owes_no_final_report(
    evaluated: Evaluated, database: Database, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    opened = await _opened(evaluated, database)
    await asked(evaluated.admin, kind="final_report")
    director, final = evaluated.centre.caller(monkeypatch, "centre_director"), await _final(evaluated)
    begun = [one for one in await evaluated.centre.reports() if one["kind"] == "annual"]
    if written == "draft":
        await stepped(evaluated.officer, final, "start")
    elif written == "submitted":
        await _report(evaluated, final)
    assert await _closed(evaluated, opened) == ("submitted" if written == "submitted" else "waived")
    assert await _steps(director, final) == []
    (shown,) = [one for one in await evaluated.centre.reports() if one["kind"] == "final"]
    assert shown["light"] is None
    now = {one["id"]: one["status"] for one in await evaluated.centre.reports()}
    assert {now[one["id"]] for one in begun if one["period"]["starts"] <= today().isoformat()} == {"due"}
    counted = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type LIKE '%.report_%'"
    for days in (-30, 1, 30):
        await run_on(date.fromisoformat(final["due"]) + timedelta(days=days), reports.remind, database)
    assert await evaluated.rows.fetchval(counted, UUID(final["id"])) == 0


async def test_an_expired_centre_owes_its_final_report_until_it_closes(
    evaluated: Evaluated, database: Database
) -> None:
    await _opened(evaluated, database)
    await _ending(evaluated, -1)
    await _end_terms(database)
    expired = await _now(evaluated)
    assert (expired["status"], (await _final(evaluated))["status"]) == ("expired", "due")
    assert await _closed(evaluated, expired) == "waived"


async def test_what_a_renewal_had_as_a_document_is_waived_if_it_is_refused(
    evaluated: Evaluated, database: Database
) -> None:
    reviewed = await _reviewed(evaluated, database)
    assert (await _final(evaluated))["status"] == "due"
    await stepped(evaluated.admin, reviewed, "not_renew", reason="Too few results")
    assert (await _final(evaluated))["status"] == "waived"


async def test_a_centre_that_expired_thirteen_months_ago_is_not_renewed(
    evaluated: Evaluated, database: Database
) -> None:
    await _ending(evaluated, -396)
    await _end_terms(database)
    expired = await _now(evaluated)
    assert expired["status"] == "expired"
    assert await refused(evaluated.admin, expired, "renew") == "renewal_too_late"
    await evaluated.rows.execute(
        "UPDATE centre_centre SET term_ends = $2::date - 360 WHERE id = $1", UUID(evaluated.id), today()
    )
    assert (await stepped(evaluated.admin, expired, "renew"))["term"]["starts"] == today().isoformat()


async def test_a_renewal_has_conditions_and_the_decision_of_the_committee(
    evaluated: Evaluated, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed = await _reviewed(evaluated, database)
    conditions = [{"text": "Publish the data", "due": (today() - timedelta(days=1)).isoformat()}, {"text": "Grow"}]
    decision = await _decision(evaluated)
    fields: dict[str, Any] = {"conditions": conditions, "decision": DOCUMENT, "decision_id": decision["id"]}
    unknown = await evaluated.admin.step(
        reviewed["links"]["self"], "renew", fields={"decision_id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"}
    )
    assert [(one["pointer"], one["code"]) for one in unknown.json()["errors"]] == [
        ("/fields/decision_id", "unknown_reference")
    ]
    assert await refused(evaluated.admin, reviewed, "renew", fields=fields) == "decision_missing"
    await stepped(evaluated.admin, decision, "adopt")
    assert (await evaluated.officer.step(reviewed["links"]["self"], "renew", fields=fields)).status_code == 403
    await stepped(evaluated.admin, reviewed, "renew", fields=fields)
    (term,) = (await evaluated.admin.get(f"{TERMS}?centre_id={evaluated.id}&status=current")).json()["items"]
    assert term["conditions"] == [{"due": None, **one, "met_on": None} for one in conditions]
    assert (term["decision"]["title"], term["decision_id"]) == (DOCUMENT["title"], decision["id"])
    director = evaluated.centre.caller(monkeypatch, "centre_director")
    assert (await director.get(term["links"]["self"])).json()["conditions"] == term["conditions"]
    author = evaluated.centre.caller(monkeypatch, "national_author", "country")
    other = evaluated.admin.known_as("author_xa" if evaluated.country != "XA" else "author_xb")
    assert "conditions" in (await author.get(term["links"]["self"])).json()
    assert "conditions" not in (await other.get(term["links"]["self"])).json()
    assert await _steps(evaluated.officer, term) == ["meet_condition"]
    assert await _steps(director, term) == []
    met = await stepped(evaluated.officer, term, "meet_condition", fields={"number": 1, "met_on": "2026-01-01"})
    assert [one["met_on"] for one in met["conditions"]] == ["2026-01-01", None]
    assert await _steps(evaluated.officer, term) == [], "the other one has no date"
    assert (await director.step(term["links"]["self"], "meet_condition", fields={"number": 2})).status_code == 403


async def _decision(evaluated: Evaluated) -> Record:
    """A draft that can be adopted."""
    committee = await proposed_committee(evaluated.admin, evaluated.members, evaluated.country)
    seat = await seated(evaluated.admin, committee, "member")
    body = {"committee_id": committee["id"], "kind": "online", "starts": "2026-11-01", "present": [seat["id"]]}
    meeting = await stepped(evaluated.admin, await entered(evaluated.admin, MEETINGS, body), "hold")
    draft = {"meeting_id": meeting["id"], "titles": {"en": "Renewal"}, "votes": {"for": 1}}
    return await entered(evaluated.admin, DECISIONS, draft)


async def _steps(who: Caller, record: Record) -> list[str]:
    """The actions of a record in the work list, each of which is allowed now."""
    items = (await who.get(f"{WORK_LIST}?limit=200")).json()["items"]
    found = [item["action"] for item in items if item["id"] == record["id"]]
    shown = (await who.get(record["links"]["self"])).json() if found else {}
    for action in found:
        assert action == "score" or {"action": action, "allowed": True}.items() <= next(
            one.items() for one in shown["allowed_actions"] if one["action"] == action
        )
    return found


async def test_the_work_list_has_what_an_evaluation_waits_for(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = evaluated.centre.caller(monkeypatch, "centre_director")
    assert await _steps(evaluated.officer, await evaluated.planned()) == [], "its panel is missing"
    made, people = await evaluated.panel(ends="2027-01-01")
    assert await _steps(evaluated.officer, made) == ["start"]
    await stepped(evaluated.officer, made, "start")
    assert [await _steps(who, made) for who in (*people, evaluated.officer)] == [["score"], ["score"], []]
    listed = await people[0].get(f"{EVALUATIONS}?holder=me")
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    await entered(people[0], f"{made['links']['self']}/scores", {"conflict_of_interest": True})
    assert [await _steps(who, made) for who in people] == [[], ["score"]]
    late = (today() - timedelta(days=1)).isoformat()
    done = await evaluated.completed(conditions=[{"text": "Publish", "due": late}])
    assert (await _steps(director, done), await _steps(evaluated.officer, done)) == (["respond"], ["meet_condition"])
    listed = await evaluated.officer.get(f"{EVALUATIONS}?holder=me&centre_id={evaluated.id}&status=completed")
    assert [one["id"] for one in listed.json()["items"]] == [done["id"]]
    await stepped(evaluated.officer, done, "meet_condition", fields={"number": 1})
    await stepped(director, done, "respond", reason="We agree")
    assert (await _steps(director, done), await _steps(evaluated.officer, done)) == ([], [])


async def test_a_scored_evaluation_waits_for_its_completion(evaluated: Evaluated) -> None:
    made, people = await evaluated.started(report=DOCUMENT)
    for who in people:
        await entered(who, f"{made['links']['self']}/scores", {"scores": dict.fromkeys(_keys(made), 3)})
    assert await _steps(evaluated.officer, made) == [], "the recommendation is missing"
    assert (await evaluated.officer.change(made["links"]["self"], recommendation="renew")).status_code == 200
    assert await _steps(evaluated.officer, made) == ["complete"]


def _keys(evaluation: Record) -> list[str]:
    return [one["key"] for one in evaluation["criteria"]]


async def test_a_final_report_waits_from_the_opening_and_is_no_annual_report(
    evaluated: Evaluated, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(evaluated.admin, kind="final_report")
    opened = await _opened(evaluated, database)
    director, final = evaluated.centre.caller(monkeypatch, "centre_director"), await _final(evaluated)
    assert await _steps(director, final) == ["start"]
    assert await _steps(director, opened) == [], "reports of ended years are missing"
    await _account_for_years(evaluated)
    items = (await director.get(f"{WORK_LIST}?limit=200&kind=centres")).json()["items"]
    assert [item["action"] for item in items if item["id"] == opened["id"]] == ["submit_renewal"]
    started = await stepped(director, final, "start")
    assert started["answers"] == {}, "nothing is copied from annual reports"
    await director.change(final["links"]["self"], **ANSWERED)
    assert await _steps(director, final) == ["submit"]
    await stepped(director, final, "submit")
    assert await _steps(evaluated.officer, final) == ["accept"]
    exported = (await evaluated.admin.get(f"{REPORTS}?centre_id={evaluated.id}&format=csv")).text
    assert final["ref"] in exported
    second = await _second_final(evaluated, database)
    assert second == 1, "one for each term"


async def _second_final(evaluated: Evaluated, database: Database) -> int:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await worker.SCHEDULES["end_terms"].run(uow)
        await reports.apply_scheduled(uow)
    return len((await evaluated.admin.get(f"{REPORTS}?centre_id={evaluated.id}&kind=final")).json()["items"])
