"""Periods open, close and lock by their days; a country may get more time."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.actions.measurement.periods.domain import span_of
from shared.contracts.actions import PERIOD_EXTENDED
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.actions.programme import framework
from tests.support.callers import Caller
from tests.support.results import PERIODS, apply_periods, period, period_body

Callers = Callable[[str | None], Caller]
_PASS = "UPDATE action_period SET opens_on = $2, due_on = $3, closes_on = $4, locks_on = $5 WHERE id = $1"
MARCH = {"code": "2026-03", "starts": "2026-03-01", "ends": "2026-03-31"}


def _day(ahead: int) -> str:
    return (today() + timedelta(days=ahead)).isoformat()


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_code_says_its_days(code: str, first: date, last: date) -> None:
    assert span_of(code) == (first, last)


@pytest.mark.parametrize("code", ["0026", "2026-H3", "2026-Q0", "2026-13", "2026-00", "2026-1", "2026-q1", "20260"])
def test_another_code_is_none(code: str) -> None:
    assert span_of(code) is None


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"code": "2026-H3"}, [("/code", "invalid_format")]),
        ({"starts": "2026-02-01"}, [("/starts", "invalid_date")]),
        ({"code": "2027"}, [("/starts", "invalid_date"), ("/ends", "invalid_date")]),
        ({"due_on": "2026-10-31"}, [("/due_on", "invalid_date")]),
        ({"locks_on": "2026-11-02"}, [("/locks_on", "invalid_date")]),
        ({"framework": "none/2026"}, [("/framework", "unknown_reference")]),
        ({"closes_on": None}, [("/closes_on", "invalid_type")]),
    ],
)
async def test_days_that_do_not_fit_are_refused(
    admin: Caller, more: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    days = {"opens_on": "2026-11-01", "due_on": "2026-11-02", "closes_on": "2026-11-03"}
    assert _faults(await admin.post(PERIODS, await period_body(admin, **{**days, **more}))) == faults


async def test_everybody_reads_a_period_of_the_secretariat(admin: Caller, caller: Callers) -> None:
    body = await period_body(admin)
    for other in ("government_xa", "officer"):
        assert (await caller(other).post(PERIODS, body)).status_code == 403
    path = (await admin.post(PERIODS, body)).json()["links"]["self"]
    again = await admin.post(PERIODS, body)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/code")
    for other in ("author_xa", "applicant"):
        shown = (await caller(other).get(path)).json()
        assert (shown["status"], shown["country"], shown["code"]) == ("planned", None, "2026")
    assert (await caller(None).get(path)).status_code == 401
    changed = await admin.change(path, closes_on="2091-01-01")
    assert changed.json()["closes_on"] == "2091-01-01"
    assert (await admin.change(path, code="2027")).json()["code"] == "unknown_field"
    assert _faults(await admin.change(path, due_on="2080-01-01")) == [("/due_on", "invalid_date")]
    assert (await caller("government_xa").change(path, due_on="2090-01-02")).status_code == 403


@pytest.mark.usefixtures("one_day")
@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(
    ("opens", "closes", "locks", "state"),
    [
        (1, 2, 3, "planned"),
        (0, 0, 0, "open"),
        (-3, -1, None, "closed"),
        (-3, -1, 1, "closed"),
        (-3, -1, 0, "locked"),
    ],
)
async def test_a_period_takes_each_transition_by_its_days(
    admin: Caller,
    database: Database,
    superuser: asyncpg.Connection,
    opens: int,
    closes: int,
    locks: int | None,
    state: str,
    is_new: bool,
) -> None:
    locks_on = None if locks is None else _day(locks)
    days = {"opens_on": _day(opens), "due_on": _day(opens), "closes_on": _day(closes), "locks_on": locks_on}
    path = await period(admin, **(days if is_new else {}))
    if not is_new:
        passed = [None if text is None else date.fromisoformat(text) for text in days.values()]
        await superuser.execute(_PASS, UUID(path.rpartition("/")[2]), *passed)
        await apply_periods(database)
    assert (await admin.get(path)).json()["status"] == state
    await apply_periods(database)
    taken = [line["action"] for line in (await admin.get(f"{path}/history")).json()["items"]]
    steps = {"planned": [], "open": ["open"], "closed": ["close", "open"], "locked": ["lock", "close", "open"]}
    assert taken == [*steps[state], "create"]


@pytest.mark.usefixtures("one_day")
async def test_a_reopened_period_stays_open_until_it_has_a_last_day(
    admin: Caller, caller: Callers, database: Database
) -> None:
    path = await period(admin, opens_on=_day(-3), due_on=_day(-2), closes_on=_day(-1))
    assert (await admin.step(path, "reopen")).status_code == 422
    assert (await caller("government_xa").step(path, "reopen", reason="More time")).status_code == 403
    opened = (await admin.step(path, "reopen", reason="The survey was late")).json()
    assert (opened["status"], opened["closes_on"]) == ("open", None)
    await apply_periods(database)
    assert (await admin.get(path)).json()["status"] == "open"
    assert (await admin.change(path, closes_on=_day(-1))).json()["status"] == "closed"


@pytest.mark.usefixtures("one_day")
async def test_a_country_gets_more_time(admin: Caller, caller: Callers, superuser: asyncpg.Connection) -> None:
    path = await period(admin)
    officer, address = caller("officer"), f"{path}/extensions"
    body = {"country": "XA", "until": _day(90), "reason": "Floods"}
    made = await officer.post(address, body)
    assert (made.status_code, made.json()["until"], made.json()["country"]) == (201, _day(90), "XA")
    assert (await officer.post(address, {**body, "until": _day(30)})).status_code == 201
    assert (await officer.post(address, {**body, "country": "XB"})).status_code == 201
    for name, countries in (
        ("officer", ["XA", "XB"]),
        ("author_xa", ["XA"]),
        ("admin", ["XA", "XB"]),
        ("applicant", []),
    ):
        listed = (await caller(name).get(address)).json()
        assert [(one["country"], one["reason"]) for one in listed["items"]] == [(code, "Floods") for code in countries]
    assert (await caller("author_xa").get(address)).json()["items"][0]["until"] == _day(30)
    announced = "SELECT country, visibility FROM core_outbox WHERE type = $1 AND subject = $2 ORDER BY id"
    facts = await superuser.fetch(announced, PERIOD_EXTENDED, UUID(path.rpartition("/")[2]))
    assert [tuple(row) for row in facts] == [(country, "restricted") for country in ("XA", "XA", "XB")]
    for until in (_day(-1), _day(91)):
        assert _faults(await officer.post(address, {**body, "until": until})) == [("/until", "out_of_range")]
    assert _faults(await officer.post(address, {"country": "XA", "until": _day(1)})) == [("/reason", "required")]
    for other in ("government_xa", "author_xa"):
        assert (await caller(other).post(address, body)).status_code == 403
    assert (await officer.post(address, {**body, "country": "PK"})).json()["code"] == "country_forbidden"


@pytest.mark.usefixtures("one_day")
async def test_a_locked_period_neither_changes_nor_is_extended(admin: Caller, caller: Callers) -> None:
    path = await period(admin, opens_on=_day(-3), due_on=_day(-2), closes_on=_day(-1), locks_on=_day(0))
    body = {"country": "XA", "until": _day(1), "reason": "Floods"}
    for refused in (await caller("officer").post(f"{path}/extensions", body), await admin.change(path, locks_on=None)):
        assert (refused.status_code, refused.json()["code"]) == (409, "period_locked")


async def test_lists_are_filtered(admin: Caller) -> None:
    code = await framework(admin)
    await period(admin, framework=code, **MARCH)
    await period(admin, framework=code)
    for query, found in ((f"framework={code}", 2), (f"framework={code}&code=2026-03", 1), ("framework=none", 0)):
        assert len((await admin.get(f"{PERIODS}?{query.replace('/', '%2F')}")).json()["items"]) == found
