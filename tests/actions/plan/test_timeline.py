"""The timeline: progress by weight, lateness by a day, bounds of days, and what a caller may know of."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import asyncpg
import pytest

from services.actions.plan.timeline.domain import decimal_text, is_overdue
from tests.actions.programme import DOCUMENT, action, approved, milestone, programme, steps
from tests.support.callers import Caller

PATH = "/actions/v1/timeline"


def key_of(address: str) -> str:
    return address.rsplit("/", 1)[1]


async def timeline(by: Caller, of: str, **more: str) -> dict[str, dict[str, Any]]:
    """The items of a programme by their ids."""
    response = await by.get(PATH, params={"programme_id": key_of(of), **more})
    assert response.status_code == 200, response.text
    return {item["id"]: item for item in response.json()["items"]}


async def done(by: Caller, path: str) -> None:
    await steps(by, path, "start")
    await steps(by, path, "claim", fields={"evidence": DOCUMENT})
    await steps(by.known_as("admin2"), path, "verify")


async def test_progress_is_the_weight_done_of_what_was_not_dropped(secretariat: Caller) -> None:
    plan = await programme(secretariat)
    first, second, cancelled = [await action(secretariat, plan, f"action-{n}") for n in (1, 2, 3)]
    parts = [await milestone(secretariat, first, weight=weight) for weight in (1, 3, 96)]
    await done(secretariat, parts[0])
    await steps(secretariat, parts[2], "drop", reason="No longer needed")
    await done(secretariat, await milestone(secretariat, second, weight=0.1))
    await milestone(secretariat, second, weight=0.2)
    await milestone(secretariat, cancelled, weight=100)
    await steps(secretariat, cancelled, "cancel", reason="No funds")

    found = await timeline(secretariat, plan)
    assert found[key_of(first)]["progress"] == "0.25"
    assert found[key_of(second)]["progress"] == "0.333333333333"
    assert found[key_of(cancelled)]["progress"] == "0"
    assert found[key_of(plan)]["progress"] == "0.255813953488", "1.1 of 4.3"
    assert found[key_of(parts[0])]["progress"] is None
    kinds = [item["kind"] for item in found.values()]
    assert kinds == ["programme", *["action"] * 3, *["milestone"] * 6]
    assert found[key_of(parts[0])]["parent_id"] == key_of(first)
    assert found[key_of(first)]["parent_id"] == key_of(plan)


def test_quotients_are_rounded_half_to_even_after_twelve_places() -> None:
    assert decimal_text(Fraction(1, 4)) == "0.25"
    assert (decimal_text(Fraction(0)), decimal_text(Fraction(1))) == ("0", "1")
    assert decimal_text(Fraction(2, 3)) == "0.666666666667"
    assert decimal_text(Fraction("0.0000000000005")) == "0"
    assert decimal_text(Fraction("0.0000000000015")) == "0.000000000002"


@pytest.mark.parametrize(
    ("planned", "actual", "is_over", "expected"),
    [
        ("2026-05-01", None, False, True),
        ("2026-05-02", None, False, False),
        ("2026-05-01", "2026-05-02", False, False),
        ("2026-05-01", None, True, False),
        (None, None, False, False),
    ],
)
def test_lateness_is_that_of_a_day(planned: str | None, actual: str | None, is_over: bool, expected: bool) -> None:
    days = [None if day is None else date.fromisoformat(day) for day in (planned, actual)]
    assert is_overdue(days[0], days[1], date(2026, 5, 2), is_over=is_over) is expected


async def test_what_is_late_says_so(secretariat: Caller, superuser: asyncpg.Connection) -> None:
    plan = await approved(secretariat, superuser)
    late = await action(secretariat, plan, "core", planned_start="2026-01-01", planned_end="2026-02-01")
    task = await milestone(secretariat, late, due="2026-01-15")
    dropped = await milestone(secretariat, late, due="2026-01-15")
    await steps(secretariat, dropped, "drop", reason="No longer needed")
    found = await timeline(secretariat, plan)
    assert [found[key_of(path)]["overdue"] for path in (plan, late, task, dropped)] == [False, True, True, False]
    assert found[key_of(late)]["planned"] == {"start": "2026-01-01", "end": "2026-02-01"}
    assert found[key_of(task)]["planned"] == {"start": "2026-01-15", "end": "2026-01-15"}
    await steps(secretariat, late, "approve", "start", "finish")
    ended = (await timeline(secretariat, plan))[key_of(late)]
    assert (ended["overdue"], ended["actual"]["end"] is None, ended["status"]) == (False, False, "finalising")


async def test_bounds_leave_out_what_lasts_on_no_day_between_them(secretariat: Caller) -> None:
    plan = await programme(secretariat)
    old = await action(secretariat, plan, "action-1", planned_start="2026-01-01", planned_end="2026-02-01")
    await steps(secretariat, old, "cancel", reason="No funds")
    late = await action(secretariat, plan, "action-2", planned_start="2026-01-01", planned_end="2026-02-01")
    coming = await action(secretariat, plan, "action-3", planned_start="2090-01-01")
    task = await milestone(secretariat, coming, due="2091-01-31")
    dated = {"old": old, "late": late, "coming": coming, "task": task}

    async def shown(**bounds: str) -> set[str]:
        found = await timeline(secretariat, plan, **bounds)
        assert key_of(plan) in found, "it has no days"
        return {name for name, path in dated.items() if key_of(path) in found}

    assert await shown() == set(dated)
    assert await shown(to="2026-01-01") == {"old", "late"}
    assert await shown(**{"from": "2026-02-01", "to": "2026-02-01"}) == {"old", "late"}
    assert await shown(**{"from": "2026-02-02", "to": "2026-02-02"}) == {"late"}, "it has not ended"
    assert await shown(**{"from": "2089-12-31"}) == {"coming", "task"}
    assert await shown(**{"from": "2091-02-01"}) == {"coming"}, "it has no end"


async def test_a_country_has_what_its_caller_may_know_of(
    admin: Caller, anonymous: Caller, caller: Callable[[str | None], Caller]
) -> None:
    hidden = await programme(admin, "XB", visibility="restricted")
    proposed = await action(admin, hidden, "action-1")
    for name, expected in (("author_xb", True), ("author_xa", False), ("applicant", False)):
        response = await caller(name).get(PATH, params={"country": "XB"})
        assert response.status_code == 200, response.text
        ids = {item["id"] for item in response.json()["items"]}
        assert ({key_of(hidden), key_of(proposed)} <= ids, key_of(hidden) in ids) == (expected, expected), name
        assert (key_of(hidden) in await timeline(caller(name), hidden)) is expected
    assert (await anonymous.get(PATH, params={"country": "XB"})).status_code == 401
    shown = (await timeline(admin, hidden))[key_of(hidden)]
    assert (shown["titles"], shown["status"]) == ({"en": "Betaland"}, "exploring")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "country"),
        ("country=XA&programme_id=0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33", "country"),
        ("country=ZZ", "country"),
        ("country=XA,XB", "country"),
        ("programme_id=PRG-000001", "programme_id"),
        ("country=XA&from=2026", "from"),
        ("country=XA&to=2026-02-30", "to"),
        ("country=XA&to=%00", "to"),
    ],
)
async def test_what_is_not_asked_well_is_refused(secretariat: Caller, query: str, parameter: str) -> None:
    response = await secretariat.get(f"{PATH}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert [fault["parameter"] for fault in response.json()["errors"]] == [parameter]


async def test_a_known_response_is_not_sent_again(secretariat: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.actions.plan.timeline.routes.today", lambda: date(2026, 5, 1))
    address = f"{PATH}?programme_id={key_of(await programme(secretariat))}"
    first = await secretariat.get(address)
    assert first.json()["as_of"] == "2026-05-01"
    again = await secretariat.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_more_than_5000_items_are_refused(secretariat: Caller, superuser: asyncpg.Connection) -> None:
    plan = await programme(secretariat)
    path = await milestone(secretariat, await action(secretariat, plan, "action-1"))
    columns = "version, status, country, visibility, created_at, created_by, updated_at, updated_by, action_id, titles,"
    columns += " weight, evidence_required, search_key"
    await superuser.execute(
        f"INSERT INTO action_milestone (id, due, first_due, {columns}) SELECT uuidv7(), due + n, due + n, {columns}"
        " FROM action_milestone, generate_series(1, 4998) n WHERE id = $1",
        key_of(path),
    )
    response = await secretariat.get(PATH, params={"programme_id": key_of(plan)})
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "from")
    assert len(await timeline(secretariat, plan, to="2027-01-31")) == 3
    added = "DELETE FROM action_milestone m USING action_action a WHERE m.action_id = a.id AND a.programme_id = $1"
    await superuser.execute(added, key_of(plan))
