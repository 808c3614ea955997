"""A country asks for support, the secretariat finds experts, and the country confirms what was delivered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.actions.support.offers.domain import LivingOffer
from services.actions.support.support_requests import domain
from services.actions.support.support_requests.record import SupportRequest
from shared.contracts import support
from shared.database.pool import Database
from shared.kernel.clock import today
from shared.records.record import fields_of
from shared.records.rows import record_of
from tests.actions.programme import programme, refusal
from tests.support.callers import Caller
from tests.support.requests import (
    DOCUMENT,
    REQUESTS,
    as_expert,
    body,
    clock,
    expert,
    follow,
    matching,
    offer,
    request,
)

Callers = Callable[[str | None], Caller]
_FACTS = "SELECT type FROM core_outbox WHERE subject = $1"


async def test_a_request_has_a_life(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    government, officer = caller("government_xa"), caller("officer")
    path = await request(government, fields=["1.5"], wanted_to=str(today() + timedelta(days=90)))
    assert (await government.step(path, "submit")).json()["status"] == "submitted"
    assert (await officer.step(path, "accept")).json()["status"] == "matching"
    helper = await expert(superuser, fields=["1.5"])
    me = as_expert(admin, helper, monkeypatch)
    asked = await offer(officer, path, helper, message="Could you help?")
    assert (await me.step(asked, "accept")).json()["status"] == "accepted"
    assert (await government.step(asked, "confirm")).json()["status"] == "confirmed"
    assert (await officer.step(path, "start")).json()["status"] == "in_delivery"
    delivered = await me.step(path, "deliver", fields={"document": DOCUMENT})
    assert (delivered.status_code, delivered.json()["delivery_document"]["title"]) == (200, DOCUMENT["title"])
    unrated = await government.step(path, "confirm")
    assert (unrated.status_code, unrated.json()["errors"][0]["pointer"]) == (422, "/fields/rating")
    closed = await government.step(path, "confirm", fields={"rating": 4, "text": "On time"})
    assert (closed.json()["status"], closed.json()["rating"], closed.json()["clock"]) == ("closed", 4, None)
    assert (await me.get(path)).json()["rating_text"] == "On time"
    line = (await government.get(f"{path}/history")).json()["items"][0]
    assert (line["action"], line["to"]) == ("confirm", "closed")


async def test_start_without_a_confirmed_offer_is_refused(admin: Caller, superuser: asyncpg.Connection) -> None:
    """S3."""
    path = await matching(admin)
    await offer(admin, path, await expert(superuser))
    assert await refusal(admin, path, "start") == "no_confirmed_offer"


async def test_a_dispute_reopens_the_delivery(admin: Caller, caller: Callers, superuser: asyncpg.Connection) -> None:
    """S6."""
    path = await _in_delivery(admin, superuser)
    await admin.step(path, "deliver", fields={"document": DOCUMENT})
    assert (await clock(admin, path))["holder"] == "country"
    disputed = await caller("focal_xa").step(path, "dispute", reason="The map is missing")
    assert (disputed.json()["status"], disputed.json()["clock"]["holder"]) == ("in_delivery", "expert")
    assert (await admin.step(path, "deliver", fields={"document": DOCUMENT})).json()["status"] == "delivered"


async def test_the_request_of_a_country_is_hidden_from_another(admin: Caller, caller: Callers) -> None:
    """S7."""
    path = await matching(admin)
    stranger = caller("government_xb")
    for address in (path, f"{path}/offers", f"{path}/matches", f"{path}/history"):
        assert (await stranger.get(address)).status_code == 404
    listed = (await stranger.get(f"{REQUESTS}?limit=200")).json()["items"]
    assert path not in {one["links"]["self"] for one in listed}
    assert (await caller(None).get(path)).status_code == 401


async def test_officials_of_the_country_ask_and_the_secretariat_decides(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    path = await request(author)
    assert (await author.post(REQUESTS, body(country="XB"))).status_code == 403
    assert (await caller("officer").post(REQUESTS, body())).status_code == 403
    assert (await author.step(path, "submit")).json()["status"] == "submitted"
    for action in ("accept", "return", "decline"):
        assert (await author.step(path, action, reason="x")).status_code == 403
    assert (await caller("officer").step(path, "return")).status_code == 422
    returned = await caller("officer").step(path, "return", reason="Which region?")
    assert returned.json()["status"] == "draft"
    assert (await author.change(path, keywords=["peat"])).status_code == 200
    await author.step(path, "submit")
    declined = await caller("officer").step(path, "decline", reason="Asked before")
    assert (declined.json()["status"], declined.json()["clock"]) == ("declined", None)
    refused = await author.change(path, keywords=["bog"])
    assert (refused.status_code, refused.json()["current_state"]) == (409, "declined")
    assert (await admin.get(path)).json()["keywords"] == ["peat"]


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"kind": "money"}, "/kind", "not_one_of"),
        ({"fields": ["9.9"]}, "/fields/0", "not_one_of"),
        ({"days": 366}, "/days", "out_of_range"),
        ({"need": {}}, "/need", "too_short"),
        ({"codes": [{"scheme": "sdg", "code": "99.9"}]}, "/codes/0/code", "unknown_code"),
        ({"documents": [DOCUMENT] * 21}, "/documents", "too_long"),
        ({"programme_id": str(uuid4())}, "/programme_id", "unknown_reference"),
        ({"action_id": str(uuid4())}, "/action_id", "unknown_reference"),
        ({"centre_id": str(uuid4())}, "/centre_id", "unknown_reference"),
        ({"status": "matching"}, "/status", "unknown_field"),
    ],
)
async def test_a_wrong_body_names_its_fault(admin: Caller, more: dict[str, object], pointer: str, code: str) -> None:
    refused = await admin.post(REQUESTS, body(**more))
    faults = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert (refused.status_code, faults) == (422, {(pointer, code)})


async def test_support_is_wanted_to_a_day_after_its_start(admin: Caller) -> None:
    refused = await admin.post(REQUESTS, body(wanted_from="2027-02-01", wanted_to="2027-01-31"))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "invalid_date")


async def test_a_request_is_for_a_programme_of_its_country(admin: Caller) -> None:
    of_xa, of_xb = await programme(admin, "XA"), await programme(admin, "XB")
    assert (await admin.post(REQUESTS, body(programme_id=of_xa[-36:]))).status_code == 201
    refused = await admin.post(REQUESTS, body(programme_id=of_xb[-36:]))
    assert refused.json()["errors"][0]["pointer"] == "/programme_id"


async def test_lists_find_requests_by_kind_text_and_code(admin: Caller) -> None:
    title = f"Bog {uuid4().hex}"
    path = await request(admin, titles={"en": title}, kind="training", codes=[{"scheme": "sdg", "code": "15.3"}])
    for query in (f"q={title.upper()}", f"q={title}&kind=training", f"q={title}&scheme=sdg&code=15.3"):
        (found,) = (await admin.get(f"{REQUESTS}?{query}")).json()["items"]
        assert found["links"]["self"] == path
    assert (await admin.get(f"{REQUESTS}?q={title}&kind=data")).json()["items"] == []
    assert (await admin.get(f"{REQUESTS}?kind=money")).status_code == 400


async def test_every_step_has_its_fact(admin: Caller, superuser: asyncpg.Connection) -> None:
    path = await _in_delivery(admin, superuser)
    await admin.step(path, "cancel", reason="The flood is over")
    facts = {row[0] for row in await superuser.fetch(_FACTS, path[-36:])}
    assert facts >= {
        support.SUPPORT_REQUEST_CREATED,
        support.SUPPORT_REQUEST_SUBMITTED,
        support.SUPPORT_REQUEST_MATCHING,
        support.SUPPORT_REQUEST_IN_DELIVERY,
        support.SUPPORT_REQUEST_CANCELLED,
    }


async def test_the_clock_follows_the_request(admin: Caller, superuser: asyncpg.Connection) -> None:
    path = await request(admin)
    draft = await clock(admin, path)
    assert (draft["holder"], draft["target"], draft["light"], draft["paused"]) == ("country", None, "green", False)
    await admin.step(path, "submit")
    assert await _waits(admin, path) == ("secretariat", 10)
    await admin.step(path, "accept")
    assert await _waits(admin, path) == ("secretariat", 20)
    asked = await offer(admin, path, await expert(superuser), respond_by=str(today() + timedelta(days=3)))
    assert (await clock(admin, path))["target"][:10] == str(today() + timedelta(days=4))
    await admin.step(asked, "accept", reason="By telephone")
    assert await _waits(admin, path) == ("country", 15)
    await admin.step(asked, "confirm")
    assert ((await clock(admin, path))["holder"], (await clock(admin, path))["target"]) == ("secretariat", None)


async def test_the_clock_is_paused_while_the_request_is_returned(admin: Caller, superuser: asyncpg.Connection) -> None:
    path = await request(admin, "submit")
    back = "clock_since = clock_since - $2::interval"
    put = f"UPDATE action_support_request SET {back}, clock_target = clock_target - $2::interval WHERE id = $1"
    await superuser.execute(put, path[-36:], timedelta(days=4))
    await admin.step(path, "return", reason="Which region?")
    paused = await clock(admin, path)
    assert (paused["holder"], paused["target"], paused["paused"]) == ("country", None, True)
    await superuser.execute(f"UPDATE action_support_request SET {back} WHERE id = $1", path[-36:], timedelta(days=5))
    await admin.step(path, "submit")
    target = datetime.fromisoformat((await clock(admin, path))["target"])
    assert round((target - datetime.now(UTC)).total_seconds() / 86_400) == 11
    assert (await clock(admin, path))["paused"] is False


async def test_a_late_request_is_announced_once(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await request(admin, "submit")
    late = "UPDATE action_support_request SET clock_target = now() - $2::interval WHERE id = $1"
    count = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    await superuser.execute(late, path[-36:], timedelta(days=1))
    for _ in range(2):
        await follow(database)
    assert await superuser.fetchval(count, path[-36:], support.SUPPORT_REQUEST_OVERDUE) == 1
    assert (await clock(admin, path))["light"] == "yellow"
    await superuser.execute(late, path[-36:], timedelta(days=61))
    assert (await clock(admin, path))["light"] == "red"
    await admin.step(path, "accept")
    await superuser.execute(late, path[-36:], timedelta(days=1))
    await follow(database)
    assert await superuser.fetchval(count, path[-36:], support.SUPPORT_REQUEST_OVERDUE) == 2


async def test_what_waits_for_somebody_is_in_the_lists_of_steps(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    path = await request(admin, "submit")
    for name, is_listed in (("officer", True), ("focal_xa", False)):
        listed = (await caller(name).get(f"{REQUESTS}?holder=me&limit=200")).json()["items"]
        assert (path in {one["links"]["self"] for one in listed}) is is_listed
    async with superuser.transaction():
        await superuser.execute("SET LOCAL escm.visibilities = 'public,network,restricted'")
        verb = await superuser.fetchval("SELECT verb FROM action_published_work WHERE id = $1", path[-36:])
    assert verb == "accept"
    await admin.step(path, "return", reason="Which region?")
    listed = (await caller("focal_xa").get(f"{REQUESTS}?holder=me&limit=200")).json()["items"]
    assert path in {one["links"]["self"] for one in listed}


async def test_requests_are_counted_by_kind_and_state(admin: Caller) -> None:
    async def count(**query: str) -> int:
        params = {"of": "support_requests", "country": "XC", **query}
        return int((await admin.get("/actions/v1/statistics", params=params)).json()["total"])

    before = await count(kind="advice"), await count(status="matching"), await count(by="kind")
    await matching(admin, country="XC", kind="advice")
    after = await count(kind="advice"), await count(status="matching"), await count(by="kind")
    assert after == tuple(number + 1 for number in before)
    found = (await admin.get("/actions/v1/statistics?of=support_requests&country=XC&by=kind,status")).json()
    assert {"kind": "advice", "status": "matching"}.items() <= found["items"][0].items()


async def test_a_rating_is_for_the_parties_alone(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await _in_delivery(admin, superuser, visibility="network")
    (helper,) = await superuser.fetchval("SELECT expert_ids FROM action_support_request WHERE id = $1", path[-36:])
    await admin.step(path, "deliver", fields={"document": DOCUMENT})
    await admin.step(path, "confirm", fields={"rating": 2, "text": "Late"})
    for party in (caller("author_xa"), as_expert(admin, helper, monkeypatch)):
        assert (await party.get(path)).json()["rating"] == 2
    seen = (await caller("author_xb").get(path)).json()
    assert seen["status"] == "closed"
    assert seen.keys() & {"rating", "rating_text", "clock", "delivery_document", "documents"} == set()
    events = (await caller("author_xb").get(f"{REQUESTS}?q=Peatlands&limit=200")).json()["items"]
    assert all("rating" not in one for one in events)


def test_an_erased_confirmed_expert_starts_the_search_again() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    plain = dict.fromkeys(fields_of(SupportRequest)) | {"status": "matching", "country": "XA"}
    record = record_of(SupportRequest, {**plain, "clock_days": domain.SupportDays().by_step})
    confirmed = LivingOffer(uuid4(), "confirmed", today())
    started = domain.with_clock(record, "matching", [confirmed], at)
    assert (started.clock_holder, started.clock_target) == ("secretariat", None)
    later = domain.with_clock(started, "matching", [], at)
    assert later.clock_target == at + timedelta(days=20)


async def _in_delivery(admin: Caller, superuser: asyncpg.Connection, **more: object) -> str:
    path = await matching(admin, **more)
    asked = await offer(admin, path, await expert(superuser))
    for action in ("accept", "confirm"):
        assert (await admin.step(asked, action, reason="By telephone")).status_code == 200
    assert (await admin.step(path, "start")).status_code == 200
    return path


async def _waits(by: Caller, path: str) -> tuple[str, int]:
    """Who has the request, and for how many days."""
    found = await clock(by, path)
    since, target = (datetime.fromisoformat(found[name]) for name in ("since", "target"))
    return found["holder"], (target - since).days
