"""Suspension, expiry and closure of centres: their days and notes, and what follows in reports, partnerships, terms."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.designation.centres import schedules
from services.centres.register.closures.operations import apply_due as apply_closures
from shared.contracts import centres as facts
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today, years_after
from tests.support.callers import Caller
from tests.support.centres import TERMS, Members, entered, stepped, unused_country
from tests.support.clock import calendar, run_on
from tests.support.register import REGISTER, changes, designated, items
from tests.support.reports import ReportingCentre
from tests.support.reports import designated as reporting

Record = dict[str, Any]
Entering = Callable[[str, str, str], Caller]
_NOTE = "The host moves."


@pytest.fixture(scope="module")
def country() -> str:
    """The country of these tests."""
    return unused_country()


@pytest.fixture
async def public(admin: Caller, members: Members, superuser: asyncpg.Connection, country: str) -> Record:
    """A public centre, designated today."""
    return await designated(admin, members, superuser, country)


@pytest.fixture
async def centre(
    admin: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    country: str,
    questions: Record,
    monkeypatch: pytest.MonkeyPatch,
) -> ReportingCentre:
    """Designated two years ago for four years."""
    assert questions["status"] == "active"
    return await reporting(admin, members, superuser, monkeypatch, country=country)


async def _registered(anonymous: Caller, centre: Record) -> dict[str, Any]:
    """The centre in the register, with those of the past."""
    found = await items(anonymous, centre["country"], former="true", limit=200)
    return {one["id"]: one for one in found}[centre["id"]]


async def _lines(anonymous: Caller, centre: Record) -> dict[str, Any]:
    """The notes of the centre's lines in the register, by what changed."""
    found = await changes(anonymous, centre["country"], limit=200)
    return {one["change"]: one["note"] for one in found if one["registration_number"] == centre["registration_number"]}


def _day(days: int = 0) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def _read(by: Caller, record: Record) -> Record:
    return dict((await by.get(record["links"]["self"])).json())


async def _term(admin: Caller, centre: Record) -> Record:
    found = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    return dict(found[0])


async def _partnership(admin: Caller, members: Members, centre: Record, entering: Entering) -> Record:
    """An active partnership of the centre with an institution."""
    partner = await members.institution(centre["country"])
    body = {"centre_id": centre["id"], "partner": {"institution_id": partner}, "kind": "data"}
    made = await entered(admin, "/centres/v1/partnerships", body)
    return await stepped(entering("institution_representative", "institution", partner), made, "accept")


async def test_a_suspension_is_reviewed_within_twelve_months(admin: Caller, public: Record) -> None:
    suspended = await stepped(admin, public, "suspend", reason="A question", fields={"public_note": _NOTE})
    assert (suspended["review_by"], suspended["public_note"]) == (years_after(today(), 1).isoformat(), _NOTE)
    reinstated = await stepped(admin, suspended, "reinstate")
    assert (reinstated["review_by"], reinstated["status"]) == (None, "active")
    for day in (years_after(today(), 1) + timedelta(days=1), today() - timedelta(days=1)):
        fields = {"review_by": day.isoformat()}
        response = await admin.step(public["links"]["self"], "suspend", reason="Again", fields=fields)
        (fault,) = response.json()["errors"]
        assert (response.status_code, fault["pointer"], fault["code"]) == (422, "/fields/review_by", "out_of_range")
    suspended = await stepped(admin, reinstated, "suspend", reason="Again", fields={"review_by": _day(30)})
    assert suspended["review_by"] == _day(30)


async def test_a_review_that_is_due_is_announced_once_and_the_state_stays(
    admin: Caller, public: Record, wide: Database, superuser: asyncpg.Connection
) -> None:
    suspended = await stepped(admin, public, "suspend", reason="A question", fields={"review_by": _day(30)})
    query = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    counted = []
    for days in (29, 30, 31, 32, 60):
        await run_on(today() + timedelta(days=days), schedules.remind_reviews, wide, workers=4)
        counted.append(await superuser.fetchval(query, UUID(public["id"]), facts.CENTRE_REVIEW_DUE))
    assert counted == [0, 0, 1, 1, 1]
    shown = await _read(admin, public)
    assert (shown["status"], shown["version"]) == ("suspended", suspended["version"])


async def test_a_centre_closes_with_a_reason_on_a_day_of_its_term(
    centre: ReportingCentre, admin: Caller, members: Members, entering: Entering
) -> None:
    path, begun = centre.record["links"]["self"], date.fromisoformat(centre.record["term"]["starts"])
    response = await admin.step(path, "close", fields={"cause": "mutual"})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/reason")
    other = "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"
    for fields, pointer in (
        ({"effective": _day(91)}, "/fields/effective"),
        ({"effective": (begun - timedelta(days=1)).isoformat()}, "/fields/effective"),
        ({"cause": "boredom"}, "/fields/cause"),
        ({"successor_id": other}, "/fields/successor_id"),
        ({"successor_id": centre.record["id"]}, "/fields/successor_id"),
        ({"review_by": _day(3)}, "/fields/review_by"),
    ):
        response = await admin.step(path, "close", reason="The host left", fields=fields)
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    partnership = await _partnership(admin, members, centre.record, entering)
    fields = {"effective": _day(-3), "cause": "host_withdrew", "public_note": _NOTE}
    closed = await stepped(admin, centre.record, "close", reason="The host left", fields=fields)
    assert (closed["closure_cause"], closed["successor_id"], closed["public_note"]) == ("host_withdrew", None, _NOTE)
    term = await _term(admin, closed)
    assert (term["status"], term["ended_on"], closed["closed_on"]) == ("ended", _day(-3), _day(-3))
    found = {report["period"]["starts"]: report["status"] for report in await centre.reports()}
    assert {starts <= _day(-3): status for starts, status in found.items()} == {True: "due", False: "waived"}
    assert (await _read(admin, partnership))["status"] == "ended"


async def test_a_suspended_centre_goes_on_with_its_reports_and_partners(
    centre: ReportingCentre, admin: Caller, members: Members, entering: Entering
) -> None:
    partnership = await _partnership(admin, members, centre.record, entering)
    before = [report["status"] for report in await centre.reports()]
    suspended = await stepped(admin, centre.record, "suspend", reason="A question")
    assert [report["status"] for report in await centre.reports()] == before
    assert (await centre.started(1))["status"] == "draft"
    assert (await _read(admin, partnership))["status"] == "active"
    assert (await _term(admin, suspended))["status"] == "current"
    assert (await stepped(admin, suspended, "reinstate"))["status"] == "active"


async def test_an_expired_centre_owes_its_ended_years_and_has_its_partners(
    centre: ReportingCentre,
    admin: Caller,
    members: Members,
    entering: Entering,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partnership = await _partnership(admin, members, centre.record, entering)
    suspended = await stepped(admin, centre.record, "suspend", reason="A question")
    ends = date.fromisoformat(centre.record["term"]["ends"])
    calendar(monkeypatch).pass_days((ends - today()).days + 1)
    while (await _read(admin, suspended))["status"] != "expired":
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await schedules.apply_scheduled(uow)
    expired = await _read(admin, suspended)
    assert (expired["review_by"], expired["director_id"]) == (None, centre.record["director_id"])
    assert (await _term(admin, expired))["ended_on"] == ends.isoformat()
    assert {report["status"] for report in await centre.reports()} == {"due"}
    assert (await _read(admin, partnership))["status"] == "active"


async def test_the_public_reads_notes_and_never_reasons(admin: Caller, public: Record, anonymous: Caller) -> None:
    secret = "They have lied about everything"
    suspended = await stepped(admin, public, "suspend", reason=secret, fields={"public_note": _NOTE})
    reinstated = await stepped(admin, suspended, "reinstate")
    shown = await anonymous.get(public["links"]["self"])
    assert shown.status_code == 200
    assert not {"review_by", "closure_cause", "pending_change", "former"} & shown.json().keys()
    await stepped(admin, reinstated, "close", reason=secret, fields={"cause": "breach", "public_note": "It has ended."})
    for path in (
        f"{REGISTER}?former=true&country={public['country']}",
        f"{REGISTER}/changes?country={public['country']}",
    ):
        response = await anonymous.get(path)
        assert response.status_code == 200
        assert secret not in response.text
        assert "breach" not in response.text
    notes = await _lines(anonymous, public)
    assert (notes["suspended"], notes["closed"]) == (_NOTE, "It has ended.")
    assert (await anonymous.get(f"{public['links']['self']}/history")).status_code == 401
    history = (await admin.get(f"{public['links']['self']}/history")).json()["items"]
    assert (history[0]["action"], history[0]["reason"]) == ("close", secret)


async def test_the_register_leads_to_the_successor(
    admin: Caller, members: Members, public: Record, superuser: asyncpg.Connection, anonymous: Caller
) -> None:
    successor = await designated(admin, members, superuser, public["country"])
    fields = {"cause": "merged", "successor_id": successor["id"]}
    closed = await stepped(admin, public, "close", reason="Merged", fields=fields)
    assert closed["successor_id"] == successor["id"]
    named = (await _registered(anonymous, public))["successor"]
    assert named == {"id": successor["id"], "registration_number": successor["registration_number"]}
    assert (await _registered(anonymous, named | {"country": public["country"]}))["successor"] is None
    third = await designated(admin, members, superuser, public["country"])
    fields = {"successor_id": public["id"]}
    response = await admin.step(third["links"]["self"], "close", reason="Late", fields=fields)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/fields/successor_id")


async def test_a_restricted_successor_is_not_in_the_register(
    admin: Caller, members: Members, public: Record, superuser: asyncpg.Connection, anonymous: Caller
) -> None:
    successor = await designated(admin, members, superuser, public["country"], visibility="restricted")
    await stepped(admin, public, "close", reason="Merged", fields={"successor_id": successor["id"]})
    found = await _registered(anonymous, public)
    assert (found["status"], found["successor"]) == ("closed", None)
    assert successor["id"] not in (await anonymous.get(f"{REGISTER}?country={public['country']}&former=true")).text


async def test_a_centre_closes_on_a_later_day(
    centre: ReportingCentre, admin: Caller, anonymous: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = calendar(monkeypatch)
    fields = {"effective": _day(30), "cause": "host_withdrew", "public_note": _NOTE}
    waiting = await stepped(admin, centre.record, "close", reason="The host left", fields=fields)
    assert (waiting["status"], waiting["public_note"]) == ("active", None)
    assert waiting["pending_closure"] == {**fields, "successor_id": None}
    assert "pending_closure" not in (await anonymous.get(centre.record["links"]["self"])).json()
    days.pass_days(29)
    await _close_due(database)
    assert (await _read(admin, waiting))["status"] == "active"
    days.pass_days(1)
    for _ in range(2):
        await _close_due(database)
    closed = await _read(admin, waiting)
    assert (closed["status"], closed["closure_cause"], closed["public_note"]) == ("closed", "host_withdrew", _NOTE)
    assert (closed["pending_closure"], closed["version"]) == (None, waiting["version"] + 1)
    assert (waiting["closed_on"], closed["closed_on"]) == (None, fields["effective"])
    assert (await _term(admin, closed))["ended_on"] == fields["effective"]
    found = {report["period"]["starts"]: report["status"] for report in await centre.reports()}
    assert {starts <= fields["effective"]: status for starts, status in found.items()} == {True: "due", False: "waived"}
    history = (await admin.get(f"{closed['links']['self']}/history")).json()["items"]
    assert [(line["action"], line["reason"]) for line in history[:2]] == [
        ("close_on_day", None), ("close", "The host left"),
    ]  # fmt: skip
    assert (await _lines(anonymous, closed))["closed"] == _NOTE


async def test_a_closure_is_replaced_and_taken_back(
    centre: ReportingCentre, admin: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = calendar(monkeypatch)
    await stepped(admin, centre.record, "close", reason="The host left", fields={"effective": _day(10)})
    waiting = await stepped(admin, centre.record, "close", reason="The host left", fields={"effective": _day(90)})
    assert waiting["pending_closure"]["effective"] == _day(90)
    kept = await stepped(admin, waiting, "revoke_closure", reason="They stay")
    assert (kept["status"], kept["pending_closure"]) == ("active", None)
    days.pass_days(90)
    await _close_due(database)
    assert (await _read(admin, kept))["status"] != "closed"
    await stepped(admin, kept, "close", reason="The host left", fields={"effective": _day(10)})
    assert (await stepped(admin, kept, "close", reason="At once"))["pending_closure"] is None


async def _close_due(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await apply_closures(uow)
