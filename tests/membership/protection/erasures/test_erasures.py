"""An erasure is requested, waits two weeks, may be cancelled or held, and then leaves a record without a person."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.access.settings import AccessSettings
from services.membership.protection.erasures import files, removal
from shared.audit.verifying import BadTrail
from shared.audit.watching import watch
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.membership.protection.erasures.conftest import ERASURES, Person, requested, until_status
from tests.support.callers import Caller
from tests.support.centres import COMMITTEES, DOCUMENT, SEATS, unused_country
from tests.support.membership import EXPERTS, PARTICIPATIONS, entered, planned
from tests.support.remains import columns_with, files_with, keys_with
from tests.support.waiting import eventually

_AUDIT = f"core_audit_{today():%Y%m}01"
"""The trail's partition of this month. It holds what records of others say about a person."""
Make = Callable[..., Any]


async def _ended(caller: Caller, response: Any) -> dict[str, Any]:
    """The job of a response, once it has ended."""
    assert response.status_code == 202, response.text
    return await until_status(caller, response.headers["location"], "succeeded")


async def _counts(admin: Caller) -> list[Any]:
    found = [await admin.get(f"/membership/v1/statistics?by={by}") for by in ("country", "status", "country,category")]
    return [response.json()["items"] for response in found] + [found[0].json()["total"]]


async def _found_fault(database_url: str, redis_url: str) -> BadTrail | None:
    """What the check of the audit trail finds, with the role of the service that runs it."""
    database = await Database.open(
        AccessSettings(database_url=database_url, redis_url=redis_url).database_dsn(), size=3
    )
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        found = await watch(uow.connection)
    await database.close()
    return found


async def _with_traces(to: Make, who: Person) -> dict[str, str]:
    """A seat, a meeting, exports, an import, a declaration, a stored response: everything that names the person."""
    admin, country = to("membership"), unused_country()
    body = {"raw": f"University of {who.word}", "role": "Professor", "from": "2020"}
    await admin.post(f"{who.path}/affiliations", body)
    interest = {"kind": "funding", "party": f"Mine of {who.word}"}
    declared = {"expert_id": who.id, "year": today().year, "notice_version": "2026", "interests": [interest]}
    declaration = (await who.caller.post("/membership/v1/declarations", declared)).json()["links"]["self"]
    for audience in ("file", "internal"):
        said = {"text": f"About {who.word}.", "audience": audience}
        assert (await admin.post(f"{who.path}/messages", said)).status_code == 201
    proof = {"channel": "paper", "document": {**DOCUMENT, "title": f"Form of {who.word}"}}
    consent = {"expert_id": who.id, "purpose": "contact", "notice_version": "2026", "language": "en", "proof": proof}
    assert (await admin.post("/membership/v1/consents", consent)).status_code == 201

    async def certificates() -> list[Any]:
        return list((await admin.get(f"/membership/v1/certificates?expert_id={who.id}")).json()["items"])

    pdf = f"{(await eventually(certificates))[0]['links']['self']}/pdf"
    assert (await who.caller.get(pdf)).status_code == 200
    await who.caller.patch(who.path, {"keywords": [f"more {who.word}"]}, etag=await _etag(who.caller, who.path))
    committee = (await to("centres").post(COMMITTEES, {"country": country, "names": {"en": "Committee"}})).json()
    seat = await to("centres").post(
        SEATS, {"committee_id": committee["id"], "person": {"expert_id": who.id}, "office": "member"}
    )
    meeting = {
        "country": country, "kind": "online", "date": "2026-10-01", "titles": {"en": "Talks"},
        "participants": [f"Given{who.word} Family{who.word}"], "decisions": [],
    }  # fmt: skip
    met = await to("actions").post("/actions/v1/meetings", meeting)
    point = {"country": country, "person": {"expert_id": who.id}}
    pointed = (await to("actions").post("/actions/v1/focal_points", point)).json()["links"]["self"]
    assert (await to("actions").step(pointed, "accept")).status_code == 200
    csv = f"full_name,country,email\nSomebody Else,XA,\nGiven{who.word} Family{who.word},XX,{who.address}\n"
    sent = {"file": ("list.csv", csv.encode(), "text/csv")}
    await _ended(admin, await admin.post("/membership/v1/imports", files=sent, data={"resource": "experts"}))
    await _took_part(admin, who)
    for export in ("exports", f"experts/{who.id}/subject_export"):
        wish = {"resource": "experts", "format": "ndjson"} if export == "exports" else None
        await _ended(admin, await admin.post(f"/membership/v1/{export}", wish))
    machine = to("membership", "secretariat")
    await machine.post(f"{who.path}/affiliations", {"raw": f"Institute of {who.word}"})
    return {
        "seat": seat.json()["links"]["self"],
        "meeting": met.json()["links"]["self"],
        "focal_point": pointed,
        "declaration": declaration,
        "pdf": pdf,
    }


async def _took_part(admin: Caller, who: Person) -> None:
    """The list of a congress names the person and somebody else; it is imported and exported."""
    code = (await planned(admin))["code"]
    at, address = f"University of {who.word}", who.address
    rows = [f"{code},Given{who.word} Family{who.word},XA,{at},{address}", f"{code},Somebody Else,XA,,"]
    csv = "\n".join(["congress,full_name,country,organisation,email", *rows]).encode()
    sent = {"file": ("list.csv", csv, "text/csv")}
    await _ended(admin, await admin.post("/membership/v1/imports", files=sent, data={"resource": "participations"}))
    found = (await who.caller.get(f"{PARTICIPATIONS}?expert_id={who.id}")).json()["items"]
    assert [one["role"] for one in found] == ["participant"]
    await _ended(admin, await admin.post("/membership/v1/exports", {"resource": "participations", "format": "csv"}))


def _printed(storage: Path) -> list[Path]:
    """The files of certificates."""
    return [*storage.glob("certificates/??/*")]


async def _etag(caller: Caller, path: str) -> str:
    return str((await caller.get(path)).headers["etag"])


@pytest.mark.long("erases in every service")
async def test_an_erased_person_is_nowhere_and_still_counts(
    to: Make,
    someone: Make,
    run_due: Make,
    superuser: asyncpg.Connection,
    storage: Path,
    database_url: str,
    redis_url: str,
) -> None:
    who: Person = await someone()
    admin = to("membership")
    traces = await _with_traces(to, who)
    before = await _counts(admin)
    assert len(await columns_with(superuser, who.word)) > 8
    assert len(files_with(storage, who.word)) == 6
    assert len(_printed(storage)) == 1
    erasure = await requested(who)
    await run_due()
    done = await until_status(admin, erasure)
    assert await columns_with(superuser, who.word) == ["action_meeting.participants", f"{_AUDIT}.detail"]
    assert files_with(storage, who.word) == {}
    assert _printed(storage) == []
    assert await keys_with(redis_url, who.word) == []
    assert {"link": traces["meeting"], "field": "participants"} in done["review"]
    assert done["reports"]["membership"].keys() >= {
        "expert",
        "affiliations",
        "declarations",
        "consents",
        "certificates",
        "certificate_files",
        "messages",
        "internal_messages",
    }
    assert (done["reports"]["centres"], done["reports"]["actions"]) == ({"seats": 1}, {"focal_points": 1})
    assert done["reports"]["access"].keys() >= {"accounts"}

    for caller in (admin, to("membership", None), to("membership", "officer")):
        refused = await caller.get(who.path)
        assert (refused.status_code, refused.json()["code"]) == (410, "erased")
    assert (await admin.get(traces["declaration"])).status_code == 404
    assert (await admin.get(traces["pdf"])).status_code == 410
    assert (await to("centres").get(traces["seat"])).json()["status"] == "ended"
    assert (await to("actions").get(traces["focal_point"])).json()["status"] == "ended"
    account = await superuser.fetchrow("SELECT * FROM access_account WHERE id = $1", who.account)
    assert (account["status"], account["email"], account["name"]) == ("closed", "", "")
    left = await superuser.fetchrow("SELECT * FROM member_expert WHERE id = $1", who.id)
    assert (left["country"], left["category"], left["status"]) == ("XA", "expert", "active")
    assert (left["names"], left["emails"], left["account_id"]) == ("[]", "[]", None)
    assert left["term_starts"] is not None
    assert await _counts(admin) == before
    assert await _found_fault(database_url, redis_url) is None


async def test_a_request_restricts_the_record_and_a_cancellation_restores_it(
    to: Make, someone: Make, run_due: Make, superuser: asyncpg.Connection
) -> None:
    who: Person = await someone()
    anonymous, admin = to("membership", None), to("membership")
    assert (await anonymous.get(who.path)).status_code == 200
    await superuser.execute(
        "INSERT INTO access_session (id, version, status, visibility, created_at, created_by, updated_at, updated_by,"
        " account_id, ends_at) VALUES (uuidv7(), 1, 'active', 'restricted', now(), 'test', now(), 'test', $1,"
        " now() + interval '1 day')",
        who.account,
    )
    erasure = await requested(who)
    assert (await anonymous.get(who.path)).status_code == 404
    shown = (await who.caller.get(who.path)).json()
    assert (shown["visibility"], shown["restricted_for"]) == ("restricted", "erasure")
    again = await who.caller.post(f"{who.path}/erasure", {})
    assert (again.status_code, again.json()["reason"]) == (409, "erasure_requested")
    published = await admin.patch(who.path, {"visibility": "public"}, etag=await _etag(admin, who.path))
    assert (published.status_code, published.json()["reason"]) == (409, "is_restricted")
    ended = "SELECT count(*) FROM access_session WHERE account_id = $1 AND status = 'ended'"
    await eventually(lambda: superuser.fetchval(ended, who.account))
    assert (await admin.step(erasure, "cancel")).json()["reason"] == "not_the_person"
    cancelled = await who.caller.step(erasure, "cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    restored = (await anonymous.get(who.path)).json()
    assert (restored["visibility"], restored["display_name"]) == ("public", f"Given{who.word} Family{who.word}")
    await run_due()
    assert (await admin.get(erasure)).json()["status"] == "cancelled"
    assert (await anonymous.get(who.path)).status_code == 200


@pytest.mark.long("erases in every service")
async def test_a_hold_needs_an_end_and_a_second_person_and_stops_the_run(
    to: Make, someone: Make, run_due: Make, superuser: asyncpg.Connection
) -> None:
    who: Person = await someone()
    admin, second = to("membership"), to("membership", "admin2")
    erasure = await requested(who)
    until = (today() + timedelta(days=30)).isoformat()
    without = await admin.step(erasure, "hold", reason="A complaint is open.")
    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "/fields/until")
    far = {"until": (today() + timedelta(days=400)).isoformat()}
    assert (await admin.step(erasure, "hold", reason="A complaint is open.", fields=far)).status_code == 422
    held = await admin.step(erasure, "hold", reason="A complaint is open.", fields={"until": until})
    assert held.status_code == 202, held.text
    decided = await second.post(held.headers["location"], {"decision": "confirm"})
    assert (decided.status_code, decided.json()["status"]) == (200, "held"), decided.text
    await run_due()
    assert (await admin.get(erasure)).json()["status"] == "held"
    await run_due(31)
    assert (await admin.get(erasure)).json()["status"] == "requested"
    await run_due(31)
    assert (await until_status(admin, erasure))["held_until"] is None
    assert await superuser.fetchval("SELECT erased_at FROM member_expert WHERE id = $1", who.id) is not None


@pytest.mark.long("erases in every service")
async def test_a_released_hold_goes_on(to: Make, someone: Make, run_due: Make) -> None:
    who: Person = await someone()
    admin, second = to("membership"), to("membership", "admin2")
    erasure = await requested(who)
    fields = {"until": (today() + timedelta(days=30)).isoformat()}
    held = await admin.step(erasure, "hold", reason="A complaint is open.", fields=fields)
    await second.post(held.headers["location"], {"decision": "confirm"})
    released = await admin.step(erasure, "release")
    assert (released.json()["status"], released.json()["held_until"]) == ("requested", None)
    await run_due()
    await until_status(admin, erasure)


@pytest.mark.long("erases in every service")
async def test_an_administrators_request_waits_for_another_administrator(
    to: Make, someone: Make, run_due: Make
) -> None:
    who: Person = await someone()
    admin, second = to("membership"), to("membership", "admin2")
    assert (await admin.post(f"{who.path}/erasure", {})).json()["errors"][0]["code"] == "reason_required"
    made = await admin.post(f"{who.path}/erasure", {"reason": "By letter."})
    erasure = made.json()["links"]["self"]
    assert (made.status_code, made.json()["status"], made.json()["due_at"]) == (201, "proposed", None)
    assert (await to("membership", None).get(who.path)).status_code == 200
    assert (await admin.step(erasure, "confirm")).json()["reason"] == "second_person_is_the_first"
    machine = to("membership", "secretariat")
    assert (await machine.step(erasure, "confirm")).json()["reason"] == "second_person_is_a_client"
    confirmed = await second.step(erasure, "confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "requested")
    assert (await to("membership", None).get(who.path)).status_code == 404
    assert (await to("membership", "officer").get(erasure)).status_code == 404
    lines = (await admin.get(f"{erasure}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["confirm", "create"]
    assert lines[-1]["reason"] == "By letter."
    await run_due()
    await until_status(admin, erasure)


@pytest.mark.parametrize("name", ["officer", "author_xa", "auditor", "applicant", None])
async def test_nobody_else_requests_an_erasure(name: str | None, to: Make, someone: Make) -> None:
    who: Person = await someone()
    response = await to("membership", name).post(f"{who.path}/erasure", {"reason": "Please."})
    assert response.status_code == (401 if name is None else 403)


@pytest.mark.long("erases in every service")
async def test_experts_who_were_merged_are_erased_together(
    to: Make, someone: Make, run_due: Make, superuser: asyncpg.Connection
) -> None:
    who: Person = await someone()
    admin = to("membership")
    loser = await entered(admin, names=[{"full": f"Also {who.word}"}])
    merged = {"resource": "experts", "winner_id": who.id, "loser_id": loser["id"]}
    assert (await admin.post("/membership/v1/merges", merged)).status_code == 201
    erasure = await requested(who)
    await run_due()
    await until_status(admin, erasure)
    assert await columns_with(superuser, who.word) == []
    assert (await admin.get(f"{EXPERTS}/{loser['id']}")).status_code == 410


@pytest.mark.long("erases in every service")
@pytest.mark.parametrize("part", ["import_files", "rows", "exports"])
async def test_a_run_that_fails_anywhere_is_completed(
    part: str, to: Make, someone: Make, run_due: Make, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    who: Person = await someone()
    traces = await _with_traces(to, who)
    module: Any = removal if part == "rows" else files
    real = getattr(module, f"remove_{part}")
    failed: list[bool] = []

    async def failing(*given: Any) -> Any:
        done = await real(*given)
        if not failed:
            failed.append(True)
            raise ConnectionResetError("the worker loses its connection after the effect")
        return done

    monkeypatch.setattr(module, f"remove_{part}", failing)
    erasure = await requested(who)
    await run_due()
    done = await until_status(to("membership"), erasure)
    assert failed
    assert done["reports"].keys() == {"access", "actions", "centres", "membership"}
    assert (await to("membership").get(traces["declaration"])).status_code == 404
    assert await superuser.fetchval("SELECT display_name FROM member_expert WHERE id = $1", who.id) == ""


async def test_a_person_restricts_the_processing_of_their_record(to: Make, someone: Make) -> None:
    who: Person = await someone()
    anonymous = to("membership", None)
    assert (await to("membership", "officer").step(who.path, "restrict_processing")).status_code == 403
    restricted = (await who.caller.step(who.path, "restrict_processing")).json()
    assert (restricted["visibility"], restricted["restricted_for"]) == ("restricted", "request")
    assert (await anonymous.get(who.path)).status_code == 404
    erasure = await requested(who)
    await who.caller.step(erasure, "cancel")
    assert (await who.caller.get(who.path)).json()["restricted_for"] == "request"
    lifted = (await who.caller.step(who.path, "lift_restriction")).json()
    assert (lifted["visibility"], lifted["restricted_at"]) == ("public", None)
    assert (await anonymous.get(who.path)).status_code == 200


async def test_an_erasure_is_read_by_the_person_administrators_and_auditors(to: Make, someone: Make) -> None:
    who, other = await someone(), await someone()
    erasure = await requested(who)
    assert [(await by.get(erasure)).status_code for by in (who.caller, other.caller)] == [200, 404]
    for name, status in (("auditor", 200), ("admin", 200), ("officer", 404), ("author_xa", 404), (None, 401)):
        assert (await to("membership", name).get(erasure)).status_code == status, name
    assert [one["id"] for one in (await who.caller.get(ERASURES)).json()["items"]] == [erasure.rpartition("/")[2]]
