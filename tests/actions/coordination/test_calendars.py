"""Calendar programs subscribe to what an owner may know of at the moment of each read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from httpx import Response
from icalendar import Calendar

from services.actions.coordination.calendars import domain, operations
from services.actions.coordination.calendars.document import document
from services.actions.coordination.calendars.domain import Event
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.kernel.countries import COUNTRIES
from tests.actions.neighbours import enter
from tests.actions.programme import action, framework, made, milestone, programme, steps
from tests.support.assessments import period
from tests.support.callers import CALLERS, Caller, grant, machine, person
from tests.support.inside import from_address
from tests.support.progress import Reporting, publish
from tests.support.tasks import task

Callers = Callable[[str | None], Caller]
CALENDARS = "/actions/v1/calendars"
_DAY = today() + timedelta(days=40)


def _person(by: Caller, monkeypatch: pytest.MonkeyPatch, *grants: Any) -> Caller:
    """A new person with these grants."""
    name = f"person {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, *grants))
    return by.known_as(name)


async def _subscribed(by: Caller, **more: Any) -> str:
    """The address of a new calendar."""
    response = await by.post(CALENDARS, more)
    assert response.status_code == 201, response.text
    return str(response.json()["url"])


async def _read(by: Caller, address: str, **more: Any) -> Response:
    """A read without a token."""
    return await Caller(by._client, None).get(address, **more)


async def _events(by: Caller, address: str) -> dict[str, Any]:
    """The events by UID."""
    response = await _read(by, address)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def _uid(path: str, label: str) -> str:
    return f"{path[-36:]}-{label}@escm"


async def test_a_calendar_has_the_days_of_every_kind(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, code = _person(admin, monkeypatch, grant("secretariat_admin", "global")), await framework(admin)
    plan = await programme(admin, "XC", framework=code)
    titles = {"en": "Samples, first; part", "fr": "Échantillons"}
    mark = await milestone(admin, await action(admin, plan, "action-1"), titles=titles, due=str(_DAY))
    meeting = {"kind": "online", "date": str(_DAY), "titles": {"en": "Round"}, "country": "XC"}
    met = made(await admin.post("/actions/v1/meetings", meeting))
    followed = await task(admin, country="XC", due=str(_DAY))
    of_period = await period(admin, code)
    host = {"country": "XC", "status": "active", "names": '{"en": "Centre for Soils"}'}
    centre = await enter(superuser, "centre_centre", **host)
    year = {"period_starts": date(2025, 1, 1), "period_ends": date(2025, 12, 31), "year": 2025, "due": _DAY}
    of_centre = {"country": "XC", "centre_id": centre, "status": "due", **year}
    report = await enter(superuser, "centre_annual_report", **of_centre)
    events = await _events(me, await _subscribed(me, country="XC", language="fr"))
    expected = {
        _uid(mark, "milestone"): "Jalon: Échantillons",
        _uid(met, "meeting"): "Réunion: Round",
        _uid(followed, "task"): "Tâche à terminer: Name a host",
        _uid(str(report), "annual_report"): "Rapport annuel à remettre: Centre for Soils 2025",
    }
    assert {uid: str(events[uid]["summary"]) for uid in expected} == expected
    assert {events[uid]["dtstart"].dt for uid in expected} == {_DAY}
    led = {uid: urlsplit(events[uid]["url"]).path.split("/")[1:5] for uid in (*expected, _uid(of_period, "period_due"))}
    assert {uid: f"{service}.{plural}" for uid, (_, _, service, plural) in led.items()} == {
        _uid(mark, "milestone"): "actions.milestones",
        _uid(met, "meeting"): "actions.meetings",
        _uid(followed, "task"): "actions.tasks",
        _uid(str(report), "annual_report"): "centres.annual_reports",
        _uid(of_period, "period_due"): "actions.periods",
    }
    for label, day in (("period_due", "2099-01-31"), ("period_closes", "2099-02-28")):
        assert str(events[_uid(of_period, label)]["dtstart"].dt) == day
    own = await _events(me, await _subscribed(me, programme_id=plan[-36:], kinds=["milestones", "periods"]))
    labels = {uid.partition("@")[0][37:] for uid in own}
    assert (_uid(mark, "milestone") in own, labels) == (
        True,
        {"milestone", "period_opens", "period_due", "period_closes"},
    )
    assert str(own[_uid(mark, "milestone")]["summary"]) == "Milestone: Samples, first; part"


async def test_a_calendar_has_the_last_days_of_reports(
    admin: Caller, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = caller("author_xa")
    plan = await Reporting.begun(author, due_on=str(_DAY))
    path = await plan.submitted()
    me, other = (_person(admin, monkeypatch, grant("national_author", "country", name)) for name in ("XA", "XB"))
    wanted = {"kinds": ["reports"], "programme_id": plan.programme_id}
    address = await _subscribed(me, language="fr", **wanted)
    in_country, elsewhere = [await _subscribed(one, kinds=["reports"], country="XA") for one in (me, other)]
    (event,) = (await _events(admin, address)).values()
    assert (event["uid"], event["dtstart"].dt) == (_uid(path, "report"), _DAY)
    assert str(event["summary"]) == f"Rapport d’activité à remettre: {COUNTRIES['XA'].names['en']} 2026"
    assert _uid(path, "report") in await _events(admin, in_country)
    assert _uid(path, "report") not in await _events(admin, elsewhere)
    await publish(author, path)
    assert _uid(path, "report") in await _events(admin, elsewhere)
    again = await plan.report(replaces_id=path[-36:])
    assert set(await _events(admin, address)) == {_uid(path, "report")}
    assert (await author.step(again, "discard")).status_code == 200


async def test_a_discarded_report_is_cancelled(caller: Callers) -> None:
    author = caller("author_xa")
    plan = await Reporting.begun(author, due_on=str(_DAY))
    path = await plan.report()
    address = await _subscribed(author, kinds=["reports"], programme_id=plan.programme_id)
    (before,) = (await _events(author, address)).values()
    assert (await author.step(path, "discard")).status_code == 200
    (after,) = (await _events(author, address)).values()
    assert [str(one["status"]) for one in (before, after)] == ["CONFIRMED", "CANCELLED"]
    assert int(after["sequence"]) > int(before["sequence"])


async def test_a_redated_milestone_keeps_its_uid_with_a_higher_sequence(admin: Caller, caller: Callers) -> None:
    """T5."""
    author = caller("author_xa")
    plan = await programme(author)
    mark = await milestone(author, await action(author, plan, "action-1"), due=str(_DAY))
    address = await _subscribed(author, programme_id=plan[-36:], kinds=["milestones"])
    (before,) = (await _events(admin, address)).values()
    moved = _DAY + timedelta(days=7)
    assert (await author.change(mark, due=str(moved), due_reason="Rain")).status_code == 200
    (after,) = (await _events(admin, address)).values()
    assert (after["uid"], after["dtstart"].dt, str(after["status"])) == (before["uid"], moved, "CONFIRMED")
    assert int(after["sequence"]) > int(before["sequence"])


async def test_what_was_dropped_is_cancelled_for_90_days(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    author = caller("author_xa")
    plan = await programme(author)
    mark = await milestone(author, await action(author, plan, "action-1"), due=str(_DAY))
    address = await _subscribed(author, programme_id=plan[-36:], kinds=["milestones"])
    await steps(author, mark, "drop", reason="Merged")
    (event,) = (await _events(admin, address)).values()
    assert str(event["status"]) == "CANCELLED"
    past = now() - timedelta(days=91)
    await superuser.execute("UPDATE action_milestone SET updated_at = $2 WHERE id = $1", UUID(mark[-36:]), past)
    assert await _events(admin, address) == {}


async def test_a_revoked_grant_empties_the_feed(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """T6. The grants of a principal are cached for at most 30 seconds, which tests/shared/auth proves."""
    me = _person(admin, monkeypatch, grant("national_author", "country", "XA"))
    followed = await task(admin)
    address = await _subscribed(me, kinds=["tasks"], country="XA")
    assert _uid(followed, "task") in await _events(admin, address)
    monkeypatch.setitem(CALLERS, me.name, replace(CALLERS[me.name], grants=(), _permission_scopes={}))
    assert await _events(admin, address) == {}
    monkeypatch.delitem(CALLERS, me.name)
    assert (await _read(admin, address)).status_code == 404


async def test_the_feed_shows_only_what_its_owner_may_know(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    me = _person(admin, monkeypatch, grant("national_author", "country", "XA"))
    meeting = {"kind": "online", "date": str(_DAY), "titles": {"en": "Round"}, "country": "XB"}
    hidden = [await task(admin, country="XB"), made(await admin.post("/actions/v1/meetings", meeting))]
    shown = made(await admin.post("/actions/v1/meetings", {**meeting, "visibility": "network"}))
    uids = {uid.split("@")[0][:36] for uid in await _events(admin, await _subscribed(me, country="XB"))}
    assert shown[-36:] in uids
    assert uids.isdisjoint({path[-36:] for path in hidden})


async def test_an_unchanged_feed_is_not_sent_again(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    me = _person(admin, monkeypatch, grant("secretariat_officer", "country", "XA"))
    await task(admin)
    address = await _subscribed(me, kinds=["tasks"], country="XA")
    first = await _read(me, address)
    assert first.headers["cache-control"] == "private, no-cache"
    again = await _read(me, address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await task(admin)
    assert (await _read(me, address, headers={"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_the_address_is_shown_once_and_its_key_is_stored_as_a_digest(
    admin: Caller, monkeypatch: pytest.MonkeyPatch, superuser: asyncpg.Connection
) -> None:
    me = _person(admin, monkeypatch, grant("national_author", "country", "XA"))
    headers = {"Idempotency-Key": str(uuid4())}
    first = await me.post(CALENDARS, {"kinds": ["tasks"]}, headers=headers)
    again = await me.post(CALENDARS, {"kinds": ["tasks"]}, headers=headers)
    assert (again.json()["id"], again.json()["url"]) == (first.json()["id"], None)
    path, url = first.json()["links"]["self"], first.json()["url"]
    (key,) = parse_qs(urlsplit(url).query)["key"]
    assert url == f"{path}/feed.ics?key={key}"
    assert (await me.get(path)).json()["url"] is None
    row = await superuser.fetchrow("SELECT * FROM action_calendar WHERE id = $1", UUID(first.json()["id"]))
    assert (row["digest"], key in str(dict(row))) == (domain.digest(key), False)
    for wrong in (f"{path}/feed.ics", f"{url}x", url.replace(path, f"{CALENDARS}/{uuid4()}")):
        assert (await _read(me, wrong)).status_code == 404


async def test_an_owner_has_ten_calendars_and_ends_them(
    admin: Caller, monkeypatch: pytest.MonkeyPatch, superuser: asyncpg.Connection
) -> None:
    me, other = (_person(admin, monkeypatch, grant("national_author", "country", "XA")) for _ in range(2))
    addresses = [await _subscribed(me) for _ in range(10)]
    refused = await me.post(CALENDARS, {})
    assert (refused.status_code, refused.json()["reason"]) == (409, "too_many_calendars")
    path = urlsplit(addresses[0]).path.removesuffix("/feed.ics")
    assert (await other.get(path)).status_code == 404
    assert (await other.request("DELETE", path)).status_code == 404
    assert path not in {one["links"]["self"] for one in (await other.get(CALENDARS)).json()["items"]}
    assert len((await me.get(f"{CALENDARS}?status=active")).json()["items"]) == 10
    assert (await me.request("DELETE", path, etag='"9.0"')).status_code == 412
    tag = (await me.get(path)).headers["etag"]
    for _ in range(2):
        assert (await me.request("DELETE", path, etag=tag)).status_code == 204
    assert (await _read(me, addresses[0])).status_code == 404
    assert (await me.get(path)).json()["status"] == "ended"
    assert (await me.post(CALENDARS, {})).status_code == 201
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id", UUID(path[-36:]))
    assert [row["type"].split(".")[3] for row in facts] == ["created", "ended"]


async def test_the_calendars_of_a_closed_account_end(
    admin: Caller, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    me = _person(admin, monkeypatch, grant("national_author", "country", "XA"))
    address, account = await _subscribed(me), CALLERS[me.name].id
    assert account is not None
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.end_all(uow, account)
    assert (await _read(me, address)).status_code == 404


async def test_the_calendar_of_a_client_is_read_from_its_networks(
    admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"client {uuid4()}"
    known = machine(name, grant("national_author", "country", "XA"))
    monkeypatch.setitem(CALLERS, name, replace(known, ip_allow=("203.0.113.0/24", "127.0.0.0/8")))
    address = await _subscribed(admin.known_as(name))
    for place, status in (("203.0.113.7", 200), ("198.51.100.7", 404)):
        assert (await Caller(from_address(admin._client, place), None).get(address)).status_code == status


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"kinds": []}, "/kinds", "too_short"),
        ({"kinds": ["holidays"]}, "/kinds/0", "not_one_of"),
        ({"country": "ZZ"}, "/country", "unknown_country"),
        ({"programme_id": str(uuid4())}, "/programme_id", "unknown_reference"),
        ({"language": "de"}, "/language", "not_one_of"),
        ({"owner_id": str(uuid4())}, "/owner_id", "unknown_field"),
    ],
)
async def test_a_wrong_body_names_its_fault(admin: Caller, more: dict[str, object], pointer: str, code: str) -> None:
    refused = await admin.post(CALENDARS, more)
    faults = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert (refused.status_code, faults) == (422, {(pointer, code)})


async def test_a_programme_is_one_of_the_country(admin: Caller, caller: Callers) -> None:
    plan = (await programme(admin, "XB"))[-36:]
    assert (await admin.post(CALENDARS, {"programme_id": plan, "country": "XA"})).status_code == 422
    assert (await caller("author_xa").post(CALENDARS, {"programme_id": plan})).status_code == 422
    assert (await caller(None).post(CALENDARS, {})).status_code == 401


@pytest.mark.parametrize("title", ["Ж" * 100, "a, b; c\\n", "two\nlines", "𝕏" * 40 + "x" * 40])
def test_the_document_holds_every_event_and_folds_long_lines(title: str) -> None:
    at = now()
    events = [Event("actions.tasks", uuid4(), "task", _DAY, n, at, f"TSK-{n}", title) for n in range(3)]
    written = document(events, "ESCM", "ru", "https://escm.example/")
    assert written == document(events, "ESCM", "ru", "https://escm.example/")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    read = Calendar.from_ical(written).walk("VEVENT")
    assert {str(one["summary"]) for one in read} == {f"Срок задачи: {title}"}
    assert [(str(one["uid"]), int(one["sequence"])) for one in read] == [(one.uid, one.version) for one in events]
    assert {one["dtstamp"].dt for one in read} == {at.replace(microsecond=0)}
    pages = [f"https://escm.example/ru/records/actions/tasks/{one.record}" for one in events]
    assert [str(one["url"]) for one in read] == pages
    assert [str(one["description"]).split("\n") for one in read] == [
        [one.ref, page] for one, page in zip(events, pages, strict=True)
    ]
