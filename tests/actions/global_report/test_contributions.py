"""People propose contributions during a call; editors accept and assign them; authors confirm, and are reminded."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.erasing import erase
from services.actions.global_report.contributions.operations import remind
from shared.contracts import report
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller
from tests.support.centres import entered, refused, stepped
from tests.support.clock import calendar, run_on
from tests.support.editions import CONTRIBUTIONS, EDITIONS, WROTE, author, contribution_body, day, edition, editor
from tests.support.mailbox import Mailbox, token_in
from tests.support.principals import enter_principal

Callers = Callable[[str | None], Caller]
AUTHORSHIP = f"{CONTRIBUTIONS}/authorship"
REMINDERS = [report.CONTRIBUTION_DEADLINE_NEAR, report.CONTRIBUTION_DEADLINE_PASSED]


@pytest.fixture
async def called(admin: Caller) -> dict[str, Any]:
    """An edition whose call is open."""
    return await edition(admin, "open_call")


async def _accepted(
    admin: Caller, of: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> tuple[Caller, dict[str, Any]]:
    """A contribution that was proposed and accepted, and its author."""
    me, named = await author(admin, superuser, monkeypatch)
    made = await entered(me, CONTRIBUTIONS, contribution_body(of, named, **more))
    return me, await stepped(editor(admin, of, monkeypatch), made, "accept")


async def test_a_proposal_becomes_a_draft(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    made = await entered(me, CONTRIBUTIONS, contribution_body(called, named, due=day(3)))
    assert (made["status"], made["due"], made["visibility"]) == ("proposed", None, "restricted")
    assert [one["id"] for one in (await me.get(f"{CONTRIBUTIONS}?holder=me")).json()["items"]] == [made["id"]]
    reads, other = editor(admin, called, monkeypatch), (await author(admin, superuser, monkeypatch))[0]
    waiting = (await reads.get(f"{CONTRIBUTIONS}?holder=me")).json()["items"]
    assert [one["id"] for one in waiting] == [made["id"]]
    for stranger in (other, admin.known_as("focal_xa"), admin.known_as("officer")):
        assert (await stranger.get(made["links"]["self"])).status_code == 404
    assert (await me.step(made["links"]["self"], "accept")).status_code == 403
    accepted = await stepped(reads, made, "accept", fields={"due": day(9)})
    assert (accepted["status"], accepted["due"], accepted["number"]) == ("draft", day(9), 1)


async def test_proposals_end_with_the_call(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, (me, named) = await edition(admin, "open_call"), await author(admin, superuser, monkeypatch)
    clock = calendar(monkeypatch)
    clock.pass_days(6)
    late = await me.post(CONTRIBUTIONS, contribution_body(of, named))
    assert (late.status_code, late.json()["code"]) == (409, "call_not_open"), "also before the schedule closes it"
    draft = await edition(admin)
    unknown = await me.post(CONTRIBUTIONS, contribution_body(draft, named))
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_what_does_not_fit_is_refused(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    _, another = await author(admin, superuser, monkeypatch)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"authors": [another]}, "/authors"),
        ({"authors": [named, named]}, "/authors/1"),
        ({"authors": [{**named, "corresponding": False}]}, "/authors"),
        ({"authors": [named, {"name": "Bo Example", "roles": WROTE}]}, "/authors/1/email"),
        ({"authors": [named, {"expert_id": str(uuid4()), "roles": WROTE}]}, "/authors/1/expert_id"),
        ({"outline_key": "nowhere"}, "/outline_key"),
        ({"country": "XA"}, "/country"),
        ({"authors": [{**named, "roles": ["writer"]}]}, "/authors/0/roles/0"),
    ]
    for change, pointer in cases:
        response = await me.post(CONTRIBUTIONS, contribution_body(called, named, **change))
        assert response.status_code == 422, response.text
        assert pointer in [error["pointer"] for error in response.json()["errors"]], pointer
    assert (await admin.known_as("focal_xa").post(CONTRIBUTIONS, contribution_body(called))).status_code == 403


async def test_a_country_chapter_has_its_country(admin: Caller, called: dict[str, Any]) -> None:
    made = await entered(admin, CONTRIBUTIONS, contribution_body(called, outline_key="alphaland"))
    assert (made["country"], made["status"]) == ("XA", "draft")
    focal = admin.known_as("focal_xa")
    assert (await focal.get(made["links"]["self"])).status_code == 200
    assert (await admin.known_as("author_xb").get(made["links"]["self"])).status_code == 404
    moved = await admin.change(made["links"]["self"], outline_key="soils")
    assert (moved.json()["country"], (await focal.get(made["links"]["self"])).status_code) == (None, 404)


async def test_an_author_confirms_by_account(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, text = await _accepted(admin, called, superuser, monkeypatch)
    confirmed = await stepped(me, text, "confirm_authorship")
    assert confirmed["authors"][0]["confirmed_at"] is not None
    assert await refused(me, confirmed, "confirm_authorship") == "authorship_confirmed"
    kept = await me.change(text["links"]["self"], keywords=["peat"])
    assert kept.json()["authors"] == confirmed["authors"]
    entry = {name: value for name, value in confirmed["authors"][0].items() if name != "confirmed_at"}
    other = await me.change(text["links"]["self"], authors=[{**entry, "roles": ["software"]}])
    assert other.json()["authors"][0]["confirmed_at"] is None, "other roles are confirmed anew"


async def test_a_name_confirms_with_the_token_of_a_mail(
    admin: Caller, called: dict[str, Any], anonymous: Caller, posted: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{uuid4().hex}@example.org"
    named = {"name": "Bo Example", "email": address, "roles": WROTE, "corresponding": True}
    chief = editor(admin, called, monkeypatch)
    text = await entered(chief, CONTRIBUTIONS, contribution_body(called, named))
    token = token_in(await posted.next_to(address))
    assert address not in (await chief.get(text["links"]["self"])).text
    shown = (await anonymous.post(f"{AUTHORSHIP}/preview", {"token": token})).json()
    assert (shown["name"], shown["titles"], shown["confirmed_at"]) == ("Bo Example", text["titles"], None)
    first, again = [(await anonymous.post(AUTHORSHIP, {"token": token})).json() for _ in range(2)]
    assert first["confirmed_at"] == again["confirmed_at"] is not None
    item = (await chief.get(text["links"]["self"])).json()
    assert (item["authors"][0]["confirmed_at"], item["version"]) == (first["confirmed_at"], text["version"] + 1)
    assert address not in (await chief.get(f"{text['links']['self']}/history")).text
    await chief.change(text["links"]["self"], titles={"en": "Peat again"})
    await chief.change(text["links"]["self"], authors=[])
    gone = await anonymous.post(AUTHORSHIP, {"token": token})
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (422, "token_not_valid")
    assert len(posted.to(address)) == 1, "each author is asked once"


async def test_a_proposal_mails_nobody_before_it_is_accepted(
    admin: Caller,
    called: dict[str, Any],
    superuser: asyncpg.Connection,
    posted: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    address = f"{uuid4().hex}@example.org"
    other = {"name": "Bo Example", "email": address, "roles": WROTE}
    text = await entered(me, CONTRIBUTIONS, contribution_body(called, named, other, language="fr"))
    jobs = "SELECT count(*) FROM core_job WHERE payload ->> 'contribution' = $1"
    assert await superuser.fetchval(jobs, text["id"]) == 0
    await stepped(editor(admin, called, monkeypatch), text, "accept")
    mail = await posted.next_to(address)
    assert mail["Content-Language"] == "fr"


async def test_editors_decide_and_are_no_authors(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    text = await entered(me, CONTRIBUTIONS, contribution_body(called, named))
    both = CALLERS[me.name].holding(*CALLERS[editor(admin, called, monkeypatch).name].grants)
    monkeypatch.setitem(CALLERS, me.name, both)
    assert await refused(me, text, "accept") == "is_an_author"
    chief = editor(admin, called, monkeypatch)
    assert (await chief.step(text["links"]["self"], "decline")).status_code == 422
    declined = await stepped(chief, text, "decline", reason="out of scope")
    assert declined["status"] == "declined"
    assert (await me.change(text["links"]["self"], keywords=["peat"])).status_code == 409


async def test_authors_do_not_change_what_is_the_editors(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, text = await _accepted(admin, called, superuser, monkeypatch)
    for change in ({"due": day(200)}, {"outline_key": "alphaland"}):
        assert (await me.change(text["links"]["self"], **change)).status_code == 403
    assert (await me.change(text["links"]["self"], abstract={"en": "Peat."})).status_code == 200
    dropped = await stepped(editor(admin, called, monkeypatch), text, "drop", reason="withdrawn by its author")
    assert dropped["status"] == "dropped"


async def test_a_contribution_is_assigned_to_an_editor(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    text = await entered(me, CONTRIBUTIONS, contribution_body(called, named))
    chief, other = (editor(admin, called, monkeypatch) for _ in range(2))
    account = CALLERS[other.name].id
    unknown = await chief.step(text["links"]["self"], "assign", fields={"editor_id": str(account)})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/fields/editor_id")
    await enter_principal(superuser, CALLERS[other.name])
    assigned = await stepped(chief, text, "assign", fields={"editor_id": str(account)})
    assert assigned["editor_id"] == str(account)
    waiting = [(await who.get(f"{CONTRIBUTIONS}?holder=me")).json()["items"] for who in (chief, other)]
    assert [len(items) for items in waiting] == [0, 1]


async def test_authors_are_reminded_on_each_day_once(
    admin: Caller,
    called: dict[str, Any],
    database: Database,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due = date(2061, 3, 31)
    _, text = await _accepted(admin, called, superuser, monkeypatch)
    await editor(admin, called, monkeypatch).change(text["links"]["self"], due=str(due))
    counted = []
    for days in (-15, -14, -13, -3, 0, 1, 6, 7, 8, 14, 21, 200):
        await run_on(due + timedelta(days=days), remind, database, workers=4)
        found = "SELECT type FROM core_outbox WHERE subject = $1 AND type = ANY($2) ORDER BY id"
        counted.append(len(await superuser.fetch(found, UUID(text["id"]), REMINDERS)))
    assert counted == [0, 1, 1, 2, 3, 3, 3, 4, 4, 5, 6, 7]


async def test_progress_shows_who_is_late(
    admin: Caller, called: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, text = await _accepted(admin, called, superuser, monkeypatch)
    chief = editor(admin, called, monkeypatch, "editor_in_chief")
    await entered(chief, CONTRIBUTIONS, contribution_body(called, outline_key="alphaland"))
    await chief.change(text["links"]["self"], due=day(-3))
    path = f"{called['links']['self']}/progress"
    found = (await chief.get(path)).json()
    assert (found["counts"], found["comments"]) == ({"draft": 2}, {"open": 0, "answered": 0, "resolved": 0})
    assert found["outline"] == [
        {"key": "part", "counts": {}},
        {"key": "soils", "counts": {"draft": 1}},
        {"key": "alphaland", "counts": {"draft": 1}},
    ]
    (late,) = found["overdue"]
    assert (late["contribution_id"], late["days"], late["due"]) == (text["id"], 3, day(-3))
    assert found["next_deadline"] == {"step": "draft", "day": called["deadlines"]["draft"]}
    assert found["series"] == [{"day": str(today()), "counts": {"draft": 2}}]
    assert (await me.get(text["links"]["self"])).json()["days_late"] == 3
    for reader, shown in ((chief, {"draft": 2}), (me, None), (admin.known_as("auditor"), {"draft": 2})):
        assert (await reader.get(called["links"]["self"])).json()["progress"] == shown
    for reader, status in ((me, 403), (admin.known_as(None), 401), (admin.known_as("auditor"), 200)):  # type: ignore[arg-type]
        assert (await reader.get(path)).status_code == status


async def test_an_erased_author_leaves_a_place(
    admin: Caller,
    called: dict[str, Any],
    database: Database,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    me, named = await author(admin, superuser, monkeypatch)
    stated = {**named, "affiliation": "Institute of Peat", "orcid": "0000-0002-1825-0097"}
    text = await entered(me, CONTRIBUTIONS, contribution_body(called, stated))
    consent = await me.post("/actions/v1/naming_consents", {"edition_id": called["id"]})
    assert (consent.status_code, consent.json()["name"]) == (201, "An Expert")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await erase(uow, UUID(named["expert_id"]))
    assert (await me.get("/actions/v1/naming_consents")).json()["items"] == []
    (left,) = (await admin.get(text["links"]["self"])).json()["authors"]
    assert (left["expert_id"], left["affiliation"], left["orcid"]) == (named["expert_id"], None, None)


async def test_everybody_may_know_of_an_open_call(admin: Caller, anonymous: Caller, called: dict[str, Any]) -> None:
    found = (await anonymous.get(f"{EDITIONS}?status=call&year={called['year']}")).json()["items"]
    assert called["id"] in {one["id"] for one in found}
    assert (await anonymous.get(f"{CONTRIBUTIONS}?edition_id={called['id']}")).json()["items"] == []
