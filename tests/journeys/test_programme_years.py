"""Eight years of a programme in a system of its own: it reports four times, others contradict it, an expert helps. What
everybody reads at the end of each year is what the test knows, also as of every earlier day."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.journeys.paths.path import day
from tests.journeys.paths.world import DOCUMENT
from tests.journeys.paths.years import YEAR, living
from tests.journeys.programme.programme import ACTIONS, COUNTED, DUE, HELD, RESEARCH, Programme
from tests.journeys.programme.truth import (
    AUTHOR,
    CALLERS,
    EXPERT,
    FOCAL_POINT,
    OFFICER,
    PILLARS,
    PUBLISHED,
    PUBLISHER,
)
from tests.support.running import eventually

_SOILS, _WATER, _AIR = PILLARS
_ASSESSOR = {"name": "Iris Independent", "organisation": "Institute of Evaluation"}
_REPLY = {"text": {"en": "Two more stations follow in May."}}


@pytest.fixture
def programme() -> Iterator[Programme]:
    with living(Programme) as made:
        yield made


def _becomes(known: Any, read: Callable[[], Any]) -> None:
    """What follows from facts is there after a moment."""
    with suppress(AssertionError):
        eventually(lambda: read() == known)
    assert read() == known


def _is_true(of: Programme) -> None:
    """Everything that is read today is what the test knows."""
    truth = of.truth
    for by in (None, of.admin):
        _becomes(truth.page(of.day), lambda by=by: of.page(by))  # type: ignore[misc]
    assert of.pillars() == (truth.pillars() if truth.is_shown() else None)
    activities = truth.activities()
    assert of.activities() == activities
    states = {name: truth.state("programmes" if name == "programme" else "actions", name) for name in activities}
    values = activities["programme"].values if activities else {}
    assert of.profile() == (states, values, truth.comparison(PUBLISHED) if truth.is_shown() else {})
    assert of.comparison() == truth.comparison()
    assert (of.reports(), of.lights()) == (truth.reports(), truth.lights())
    assert of.owed() == truth.owed()
    for who in CALLERS:
        assert (who, of.waiting(who)) == (who, truth.waiting(who))
    _is_held(of, {kind for who in CALLERS for kind, _, _ in truth.waiting(who)} & HELD)
    _was_true(of, of.day, None)


def _is_held(of: Programme, kinds: Iterable[str]) -> None:
    """The lists of these kinds have what the work lists have."""
    for who in CALLERS:
        if who != EXPERT:
            held = {(kind, name) for kind, name, _ in of.truth.waiting(who) if kind in HELD}
            assert (who, of.held(who, kinds)) == (who, held)


def _was_true(of: Programme, at: int, as_of: int | None) -> None:
    """What is counted today, or as of a day, is what was there at the end of a day."""
    for kind in COUNTED:
        assert (at, kind, of.counted(kind, as_of)) == (at, kind, of.truth.counted(kind, at))
    assert (at, of.values(as_of)) == (at, of.truth.values(at))


def _remains_true(of: Programme, *days: int) -> None:
    """What was read at the end of earlier days is read as of these days now."""
    for at in days:
        for by in (None, of.admin):
            assert (at, of.page(by, at)) == (at, of.truth.page(at))
        _was_true(of, at, at)


def test_a_programme_lives_for_eight_years(programme: Programme) -> None:
    years = (_founded, _first_report, _late_report, _replaced_report, _last_report, _delivered, _ended, _completed)
    for number, passes in enumerate(years):
        programme.pass_days(number * YEAR - programme.day)
        passes(programme)
        _is_true(programme)
        _is_held(programme, HELD)
        _remains_true(programme, *(year * YEAR - 1 for year in range(number + 1)))
    _remains_true(programme, *programme.truth.remembered())
    lights = {"report": 2, "support_request": 1, "task": 0}
    assert {kind: programme.announced(f"{kind}.overdue") for kind in lights} == lights
    reminders = {"report_due": 0, "report_late": 1}
    assert {kind: programme.announced(f"programme.{kind}") for kind in reminders} == reminders


def _founded(of: Programme) -> None:
    """The programme is planned and approved."""
    _is_true(of)
    of.found_country()
    for number in range(1, 5):
        of.plan_period(number)
    of.launch()
    _is_true(of)
    of.takes(AUTHOR, "programmes", "programme", "submit_plan", "plan_review")
    _is_true(of)
    of.takes(OFFICER, "programmes", "programme", "approve", "approved")
    for name in (*PILLARS, RESEARCH):
        of.takes(PUBLISHER, "actions", name, "approve", "planned")
    for name, after in (("stations", 2 * YEAR), ("wells", 6 * YEAR)):
        action = of.id_of("actions", _SOILS if name == "stations" else _WATER)
        of.add(AUTHOR, "milestones", name, "pending", action_id=action, titles={"en": name}, due=day(after))


def _first_report(of: Programme) -> None:
    """The programme starts, and reports in time, after a comment that must be answered."""
    (period, *_) = of.periods
    _is_true(of)
    of.takes(PUBLISHER, "programmes", "programme", "start", "implementing")
    for name in (*PILLARS, RESEARCH):
        of.takes(PUBLISHER, "actions", name, "start", "in_progress")
    of.truth.meets("programme")
    of.pass_days(20)
    of.enter_result(period, "10", "12")
    of.truth.meets("results")
    of.start_report(period)
    said = {"programme": "limited", _SOILS: "substantial"}
    of.write_report(period, **said)
    _is_true(of)
    of.submit_report(period, **said)
    of.takes(OFFICER, "reports", period, "take", "in_review")
    path = of.paths["reports", period]
    comment = of.run.create(OFFICER, f"{path}/comments", section="summary", text="Which stations?")["links"]["self"]
    assert of.refused(OFFICER, "reports", period, "clear") == "comments_open"
    of.run.by(AUTHOR).step(comment, "answer", fields={"text": "Those of the delta."})
    assert of.refused(OFFICER, "reports", period, "clear") == "comments_open"
    of.run.by(OFFICER).step(comment, "resolve")
    of.takes(OFFICER, "reports", period, "clear", "cleared")
    _is_true(of)
    of.takes(PUBLISHER, "reports", period, "publish", "published")
    _is_true(of)


def _late_report(of: Programme) -> None:
    """A report is so late that it turns red, and is returned. Two assessments contradict it."""
    (_, period, *_) = of.periods
    of.takes(AUTHOR, "milestones", "stations", "start", "in_progress")
    of.takes(AUTHOR, "milestones", "stations", "claim", "claimed", evidence=DOCUMENT)
    _is_true(of)
    of.takes(OFFICER, "milestones", "stations", "verify", "done")
    of.pass_days(DUE + 1)
    assert of.reports()[period] == ("yellow", None)
    of.start_report(period)
    of.enter_result(period, "13", "15")
    _is_true(of)
    of.pass_days(60)
    assert of.reports()[period] == ("red", "draft")
    _is_true(of)
    said = {"programme": "complete", _SOILS: "limited", _AIR: "limited"}
    of.write_report(period, **said)
    of.submit_report(period, **said)
    of.takes(OFFICER, "reports", period, "take", "in_review")
    of.takes(OFFICER, "reports", period, "return", "changes_requested")
    _is_true(of)
    of.pass_days(7)
    said["programme"] = "substantial"
    of.write_report(period, programme="substantial")
    of.submit_report(period, **said)
    _publish(of, period)
    _is_true(of)
    _assess(of, period, "programme", "limited")
    _assess(of, period, _AIR, "complete")
    of.takes(FOCAL_POINT, "assessments", "programme", "reply", "submitted", {OFFICER: "publish"}, **_REPLY)
    assert of.refused(FOCAL_POINT, "assessments", "programme", "reply", **_REPLY) == "already_replied"
    assert of.refused(OFFICER, "assessments", _AIR, "publish") == "reply_pending"
    _is_true(of)
    of.takes(OFFICER, "assessments", "programme", "publish", "published")
    of.truth.independent[period, "programme"] = "limited"
    _is_true(of)
    of.pass_days(22)
    of.truth.waits("assessments", _AIR, {FOCAL_POINT: "reply", OFFICER: "publish"})
    _is_true(of)
    of.takes(OFFICER, "assessments", _AIR, "publish", "published")
    of.truth.independent[period, _AIR] = "complete"
    differences = {subject: of.comparison()[period, subject].difference for subject in ("programme", _AIR)}
    assert differences == {"programme": -1, _AIR: 2}


def _assess(of: Programme, period: str, name: str, completion: str) -> None:
    """Somebody independent assesses the programme or an action."""
    kind = "programmes" if name == "programme" else "actions"
    of.add(
        OFFICER,
        "assessments",
        name,
        "draft",
        subject={"kind": kind[:-1], "id": of.id_of(kind, name)},
        period_id=of.periods[period],
        completion=completion,
        assessor=_ASSESSOR,
        text={"en": "Three of nine stations measure."},
        date=day(),
        visibility="public",
    )
    of.takes(OFFICER, "assessments", name, "submit", "submitted")


def _replaced_report(of: Programme) -> None:
    """A value is revised, and a report replaced by another that says so."""
    (_, _, period, _) = of.periods
    of.enter_result(period, "14", "20")
    of.start_report(period)
    _report(of, period, programme="complete")
    of.pass_days(40)
    of.revise_result(period, "15")
    anew = f"{period} anew"
    of.start_report(period, anew, replaces_id=of.id_of("reports", period))
    _report(of, anew, programme="substantial")
    of.truth.enters("reports", period, "superseded")
    assert of.admin.get(of.paths["reports", period])["superseded_by"] == of.id_of("reports", anew)


def _report(of: Programme, name: str, **said: str) -> None:
    """A report goes its way to everybody."""
    of.write_report(name, **said)
    _is_true(of)
    of.submit_report(name, **said)
    _publish(of, name)


def _publish(of: Programme, name: str) -> None:
    of.takes(OFFICER, "reports", name, "take", "in_review")
    of.takes(OFFICER, "reports", name, "clear", "cleared")
    of.takes(PUBLISHER, "reports", name, "publish", "published")


def _last_report(of: Programme) -> None:
    """The last report, and a request for support whose delivery the country disputes."""
    (*_, period) = of.periods
    of.enter_result(period, "18", "18")
    of.start_report(period)
    _report(of, period, programme="substantial")
    request = "support_requests", "map"
    body = {"titles": {"en": "Map"}, "need": {"en": "A map of peatlands."}, "kind": "science", "wanted_to": day(250)}
    of.add(AUTHOR, *request, "draft", country=of.country, programme_id=of.run.notes["programme"], **body)
    assert _clock(of) == ("country", None, False)
    of.takes(AUTHOR, *request, "submit", "submitted")
    assert _clock(of) == ("secretariat", 10, False)
    of.takes(OFFICER, *request, "return", "draft", dict.fromkeys((AUTHOR, FOCAL_POINT), "submit"))
    of.pass_days(30)
    assert _clock(of) == ("country", None, True)
    _is_true(of)
    of.takes(AUTHOR, *request, "submit", "submitted")
    assert _clock(of) == ("secretariat", 10, False)
    of.takes(OFFICER, *request, "accept", "matching", {OFFICER: "start"})
    _is_true(of)
    of.ask_expert("sven", "map")
    of.truth.waits("offers", "sven", {})
    of.truth.waits(*request, {})
    assert _clock(of) == ("expert", 15, False)
    of.pass_days(15)
    of.truth.enters("offers", "sven", "expired")
    of.truth.waits(*request, {OFFICER: "start"})
    _is_true(of)
    of.ask_expert(EXPERT, "map")
    of.truth.waits(*request, {})
    _is_true(of)
    of.takes(EXPERT, "offers", EXPERT, "accept", "accepted")
    _is_true(of)
    of.takes(FOCAL_POINT, "offers", EXPERT, "confirm", "confirmed")
    of.truth.waits(*request, {OFFICER: "start"})
    of.takes(OFFICER, *request, "start", "in_delivery")
    of.truth.waits("offers", EXPERT, {EXPERT: "deliver"})
    assert _clock(of)[0] == "expert"
    _is_true(of)
    of.takes(EXPERT, *request, "deliver", "delivered", document=DOCUMENT)
    of.truth.waits("offers", EXPERT, {})
    assert _clock(of) == ("country", 15, False)
    _is_true(of)
    of.takes(FOCAL_POINT, *request, "dispute", "in_delivery")
    of.truth.waits("offers", EXPERT, {EXPERT: "deliver"})


def _clock(of: Programme) -> tuple[str, int | None, bool]:
    """Who has the request, the days until the target, and whether its clock is paused."""
    clock = of.admin.get(of.paths["support_requests", "map"])["clock"]
    return clock["holder"], clock["target"] and of.days_until(clock["target"]), clock["paused"]


def _delivered(of: Programme) -> None:
    """The expert delivers again, late, and the request is closed; an action is suspended."""
    request = "support_requests", "map"
    assert of.admin.get(of.paths[request])["clock"]["light"] == "red"
    of.takes(EXPERT, *request, "deliver", "delivered", document=DOCUMENT)
    of.truth.waits("offers", EXPERT, {})
    _is_true(of)
    of.takes(FOCAL_POINT, *request, "confirm", "closed", rating=4)
    of.takes(PUBLISHER, "actions", _AIR, "suspend", "suspended")
    of.truth.loses("programme")
    of.pass_days(10)
    _is_true(of)
    of.takes(PUBLISHER, "programmes", "programme", "pause", "paused")
    _is_true(of)
    of.pass_days(10)
    of.takes(PUBLISHER, "programmes", "programme", "resume", "implementing")


def _ended(of: Programme) -> None:
    """A milestone is late, of which a task reminds; actions end."""
    started = of.truth.first("actions", _AIR, "in_progress")
    of.takes(PUBLISHER, "actions", _AIR, "resume", "in_progress")
    of.truth.meets("programme", started, is_again=True)
    of.takes(PUBLISHER, "actions", RESEARCH, "cancel", "cancelled")
    of.pass_days(1)
    (task,) = of.admin.get(f"{ACTIONS}/tasks", country=of.country)["items"]
    of.paths["tasks", "wells"] = task["links"]["self"]
    of.truth.enters("tasks", "wells", "open")
    _is_true(of)
    of.takes(FOCAL_POINT, "tasks", "wells", "start", "in_progress")
    of.takes(AUTHOR, "milestones", "wells", "start", "in_progress")
    for name in PILLARS:
        of.takes(PUBLISHER, "actions", name, "finish", "finalising")
    assert of.refused(PUBLISHER, "actions", _WATER, "close") == "milestones_open"
    _is_true(of)
    of.takes(AUTHOR, "milestones", "wells", "claim", "claimed", evidence=DOCUMENT)
    of.takes(OFFICER, "milestones", "wells", "verify", "done")
    of.takes(FOCAL_POINT, "tasks", "wells", "complete", "done")
    _is_true(of)
    of.takes(OFFICER, "tasks", "wells", "verify", "verified")


def _completed(of: Programme) -> None:
    """The last actions close, and the programme is complete."""
    assert of.refused(PUBLISHER, "programmes", "programme", "complete") == "actions_open"
    for name in PILLARS:
        of.takes(PUBLISHER, "actions", name, "close", "closed")
    _is_true(of)
    of.takes(PUBLISHER, "programmes", "programme", "complete", "completed")
