"""The page of a country shows which progress reports are due, and which came in time or late."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.actions.neighbours import change
from tests.support.callers import Caller
from tests.support.clock import calendar
from tests.support.progress import REPORTS, Reporting, period, publish

Callers = Callable[[str | None], Caller]
COUNTRY = "XB"
PAGE = f"/actions/v1/countries/{COUNTRY}"
PROFILE = f"/actions/v1/open_data/countries/{COUNTRY}"
_STARTED = date(2026, 1, 1)
"""Before the end of the periods of these tests."""


async def _owing(caller: Callers, superuser: asyncpg.Connection, **more: Any) -> Reporting:
    """An approved public programme with a period."""
    begun = await Reporting.begun(caller("author_xb"), COUNTRY, **more)
    state = {"status": "approved", "visibility": "public", "started_on": _STARTED}
    await change(superuser, "action_programme", UUID(begun.programme_id), **state)
    return begun


async def _shown(by: Caller, of: Reporting, page: str = PAGE) -> list[dict[str, Any]]:
    """What the page says about a programme."""
    found = (await by.get(page)).json()["reports"]
    return [one for one in found if one["programme"] == of.programme_id]


async def test_everybody_reads_which_reports_are_due_and_late(
    caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = calendar(monkeypatch)
    due = today() + timedelta(days=1)
    begun = await _owing(caller, superuser, due_on=str(due))
    lights = []
    for days in (0, 2, 60):
        clock.pass_days(days)
        (one,) = await _shown(caller(None), begun)
        lights.append(one["light"])
        assert await _shown(caller(None), begun, PROFILE) == [one]
    assert lights == ["green", "yellow", "red"]
    assert {**one, "programme": None, "light": None} == {
        "programme": None, "period": "2026", "due_on": str(due), "light": None, "on_time": None, "report": None,
        "ref": None,
    }  # fmt: skip


async def test_a_report_came_in_time_or_late_by_its_first_submission(
    caller: Callers, superuser: asyncpg.Connection
) -> None:
    anonymous, officer = caller(None), caller("officer")
    for due, on_time in ((today(), True), (today() - timedelta(days=1), False)):
        begun = await _owing(caller, superuser)
        path = await begun.submitted(due_on=str(due))
        (seen,) = await _shown(anonymous, begun)
        assert (seen["light"], seen["on_time"], seen["report"], seen["ref"]) == (None, on_time, None, None)
        (own,) = await _shown(begun.by, begun)
        assert own["report"] == path[-36:]
        (expected,) = [one for one in await _expected(begun.by) if one["report"] == path[-36:]]
        assert (expected["light"], expected["on_time"]) == (None, on_time)
        await officer.step(path, "take")
        await officer.step(path, "return", reason="Which stations?")
        assert [(one["light"], one["on_time"]) for one in await _shown(anonymous, begun)] == [(None, on_time)]


async def _expected(by: Caller) -> list[dict[str, Any]]:
    return list((await by.get(f"{REPORTS}/expected", params={"country": COUNTRY})).json()["items"])


async def test_a_published_report_is_shown_and_its_replacement_came_when_it_did(
    caller: Callers, admin: Caller, superuser: asyncpg.Connection
) -> None:
    anonymous = caller(None)
    begun = await _owing(caller, superuser)
    path = await begun.submitted(visibility="network", due_on=str(today()))
    first = (await admin.get(path)).json()
    assert first["reported_at"] == first["submitted_at"]
    await publish(begun.by, path, visibility="network")
    assert [one["report"] for one in await _shown(anonymous, begun)] == [None], "it is of the network"
    assert (await admin.change(path, visibility="public")).status_code == 200
    (shown,) = await _shown(anonymous, begun)
    assert (shown["report"], shown["ref"], shown["on_time"]) == (path[-36:], first["ref"], True)
    other = await begun.report(replaces_id=path[-36:])
    replacing = (await admin.get(other)).json()
    assert (replacing["reported_at"], replacing["due_on"]) == (first["reported_at"], first["due_on"])
    assert (await begun.by.change(f"{other}/sections/summary", confirmed=True)).status_code == 200
    assert (await begun.by.step(other, "submit")).json()["reported_at"] == first["reported_at"]
    assert await _shown(anonymous, begun) == [shown]


async def test_nobody_makes_a_late_report_come_in_time(
    caller: Callers, admin: Caller, superuser: asyncpg.Connection
) -> None:
    """The authors set the last day of a draft; it stays once the period was reported."""
    begun, later = await _owing(caller, superuser), str(today() + timedelta(days=30))
    path = await begun.report(due_on=str(today() + timedelta(days=1)))
    response = await begun.by.change(path, due_on=str(today() - timedelta(days=1)))
    assert (response.status_code, response.json()["light"]) == (200, "yellow")
    await begun.by.change(f"{path}/sections/summary", answers={"achieved": "Much."})
    assert (await begun.by.step(path, "submit")).status_code == 200
    reviewer = caller("officer")
    assert (await reviewer.step(path, "take")).status_code == 200
    assert (await reviewer.step(path, "return", reason="Which stations?")).status_code == 200
    for by in (begun.by, admin):
        response = await by.change(path, due_on=later)
        assert (response.status_code, response.json()["reason"]) == (409, "already_reported")
    named = [{"person": {"name": "Amina Khan"}, "credit": ["writing-original-draft"]}]
    assert (await begun.by.change(path, contributors=named)).status_code == 200
    assert (await begun.by.step(path, "submit")).status_code == 200
    await publish(begun.by, path)
    body = {"programme_id": begun.programme_id, "period_id": begun.period_id, "replaces_id": path[-36:]}
    refused = await begun.by.post(REPORTS, {**body, "due_on": later})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/due_on")
    assert [one["on_time"] for one in await _shown(caller(None), begun)] == [False]


async def test_a_retracted_report_is_owed_again(caller: Callers, admin: Caller, superuser: asyncpg.Connection) -> None:
    begun = await _owing(caller, superuser, opens_on="2026-01-01", due_on=str(today() - timedelta(days=1)))
    path = await begun.submitted()
    await publish(begun.by, path)
    assert [one["on_time"] for one in await _shown(caller(None), begun)] == [False]
    assert (await admin.step(path, "retract", reason="Wrong stations")).status_code == 200
    assert [(one["light"], one["report"]) for one in await _shown(caller(None), begun)] == [("yellow", None)]


async def test_what_is_not_public_owes_nothing_in_public(
    caller: Callers, admin: Caller, superuser: asyncpg.Connection
) -> None:
    begun = await Reporting.begun(caller("author_xb"), COUNTRY)
    await change(superuser, "action_programme", UUID(begun.programme_id), started_on=_STARTED)
    for columns, seen in (
        ({"status": "exploring", "visibility": "public"}, (0, 0)),
        ({"status": "designing", "visibility": "public"}, (1, 0)),
        ({"status": "approved", "visibility": "restricted"}, (1, 0)),
        ({"status": "approved", "visibility": "public"}, (1, 1)),
        ({"status": "completed", "visibility": "public"}, (0, 0)),
    ):
        await change(superuser, "action_programme", UUID(begun.programme_id), **columns)
        found = [len(await _shown(by, begun)) for by in (begun.by, caller(None))]
        assert tuple(found) == seen, columns
    past = await admin.get(f"{PAGE}?as_of={today() - timedelta(days=1)}")
    assert (past.json()["programme"], past.json()["reports"]) == (None, None)
    assert (await admin.get(f"{PAGE}?fields=reports")).json().keys() == {"reports"}


async def test_a_programme_owes_nothing_about_what_was_over_before_it(
    caller: Callers, superuser: asyncpg.Connection
) -> None:
    begun = await _owing(caller, superuser)
    await period(begun.by, begun.code, 2019)

    async def owed() -> list[str]:
        found = [one["period"] for one in await _expected(begun.by) if one["programme"] == begun.programme_id]
        assert found == [one["period"] for one in await _shown(caller(None), begun)]
        return found

    assert await owed() == ["2026"]
    await change(superuser, "action_programme", UUID(begun.programme_id), started_on=date(2019, 5, 1))
    assert await owed() == ["2026", "2019"]
