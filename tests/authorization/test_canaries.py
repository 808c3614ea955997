"""Promises 26 and 28: restricted records of one country leave no trace in responses to another one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.access.settings import AccessSettings
from shared.audit.chain import Chain
from shared.messaging.sequencer import Leader
from tests.authorization.canaries import WORD, lists, traces
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture, Seeder
from tests.support import callers
from tests.support.callers import Caller, grant, person
from tests.support.clock import room_in

pytestmark = pytest.mark.long("asks every question twice, for four callers")
_REVIEWER = "reviewer_xa"
WHO = ("author_xa", "government_xa", _REVIEWER, None)
_EVENTS = "/access/v1/events"
Responses = dict[tuple[str | None, str], tuple[int, bytes]]


@dataclass(frozen=True)
class World:
    """The responses without the canary and with it, and the canary's records."""

    before: Responses
    canary: CountryFixture
    after: Responses


@pytest.fixture(scope="module", autouse=True)
def reviewer(country_fixtures: dict[tuple[str, bool], CountryFixture]) -> Iterator[None]:
    """Somebody of XA who reviews a centre, and is in the panels of a call and of an evaluation."""
    own = country_fixtures["XA", False]
    roles = (grant("reviewer", "record", own.id(kind)) for kind in ("centres", "calls", "evaluations"))
    who = person(_REVIEWER, *roles, grant("expert", "self", own.id("peers")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(callers.CALLERS, who.name, who)  # type: ignore[arg-type]
        yield


@pytest.fixture(scope="module")
async def world(
    services: Services,
    seeder: Seeder,
    superuser: asyncpg.Connection,
    country_fixtures: dict[tuple[str, bool], CountryFixture],
) -> World:
    """Creates only the canary between the two: restricted records of every kind in XC, with one word in all their
    texts."""
    await room_in(86_400, 120)
    await _sequence(superuser)
    before = await _responses(services)
    canary = await seeder.seed("XC", WORD)
    await _sequence(superuser)
    return World(before, canary, await _responses(services))


@pytest.fixture
def canary(world: World) -> CountryFixture:
    return world.canary


async def _responses(services: Services) -> Responses:
    asked = [(service, address) for service, address in lists() if not address.startswith(_OF_NO_COUNTRY)]
    found: Responses = {}
    for name in WHO:
        for service, address in asked:
            found[name, address] = _shown(await Caller(services[service], name).get(address))
        found[name, _EVENTS] = (200, orjson.dumps(await _events(services, name)))
    return found


def _shown(response: httpx.Response) -> tuple[int, bytes]:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return response.status_code, response.content
    return response.status_code, orjson.dumps({k: v for k, v in response.json().items() if k != "request_id"})


async def _events(services: Services, name: str | None) -> list[Any]:
    """All events that a caller gets, in pages of the largest size."""
    found: list[Any] = []
    after: dict[str, str] = {}
    while name is not None:
        page = (await Caller(services["access"], name).get(_EVENTS, params={"limit": "50", **after})).json()
        found += page["items"]
        if after.get("after") == page["next_after"]:
            break
        after = {"after": page["next_after"]}
    return found


async def _sequence(connection: asyncpg.Connection) -> None:
    """The relay's work on facts."""
    leader = await Leader.elect(connection, uuid4(), 30.0)
    assert leader is not None
    while (await leader.tick(1000, (), None))[0]:
        pass
    await leader.resign()


async def test_lists_numbers_streams_and_events_are_as_if_the_rows_did_not_exist(world: World) -> None:
    differing = [
        f"{who}: {address}: {world.before[who, address]} before, {shown} after"
        for (who, address), shown in world.after.items()
        if shown != world.before[who, address]
    ]
    assert not differing, "\n".join(each[:2_000] for each in differing)
    marks = [mark.encode() for mark in traces(world.canary)]
    leaking = [key for key, (_, body) in world.after.items() if any(mark in body for mark in marks)]
    assert [key for key in leaking if world.after[key][0] == 200] == []


async def test_the_same_questions_find_the_rows_for_whoever_may_read_them(
    services: Services, canary: CountryFixture
) -> None:
    found = [await Caller(services[service], "admin").get(address) for service, address in lists()]
    shown = b"".join(response.content for response in found if response.status_code == 200)
    hidden = {
        record["id"]
        for plural, record in canary.records.items()
        if plural not in _NOT_LISTED and not plural.startswith("pending_")
    }
    assert [key for key in hidden if key.encode() not in shown] == []


async def test_no_event_of_the_rows_reaches_another_country(services: Services, canary: CountryFixture) -> None:
    marks = traces(canary)
    for name in ("author_xa", "government_xa", "applicant"):
        shown = orjson.dumps(await _events(services, name)).decode()
        assert [mark for mark in marks if mark in shown] == []
    shown = orjson.dumps(await _events(services, "auditor")).decode()
    assert canary.id("experts") in shown
    assert canary.id("correspondence") in shown


async def test_ids_and_refs_of_the_rows_are_treated_as_those_of_nothing(
    services: Services, canary: CountryFixture
) -> None:
    for service, plurals in _KINDS.items():
        for plural in plurals:
            record = canary.records[plural]
            keys, tails = filter(None, (record["id"], record.get("ref"))), ("", *_PARTS, *_MORE_PARTS.get(plural, ()))
            for key, tail, who in product(keys, tails, ("author_xa", _REVIEWER)):
                path = f"/{service}/v1/{plural}"
                caller = Caller(services[service], who)
                shown, nothing = [await caller.get(f"{path}/{k}{tail}") for k in (key, str(uuid4()))]
                assert shown.status_code == nothing.status_code == 404, f"{path} {key}{tail}"
                assert shown.json()["detail"] == nothing.json()["detail"]


async def test_sessions_and_the_audit_trail_of_the_rows_are_as_if_they_did_not_exist(
    services: Services,
    superuser: asyncpg.Connection,
    database_url: str,
    canary: CountryFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stranger = Caller(services["access"], "author_xa")
    for of in ("sessions", "accounts"):
        keys = canary.id(of), str(uuid4())
        address = "/access/v1/sessions/{}" if of == "sessions" else "/access/v1/sessions?account_id={}"
        shown, nothing = [await stranger.request("DELETE", address.format(key)) for key in keys]
        assert shown.status_code == nothing.status_code == (404 if of == "sessions" else 403)
        assert shown.json()["detail"] == nothing.json()["detail"]
    await Chain(AccessSettings(database_url=database_url))(superuser)
    auditor = person("auditor_xa", grant("auditor", "country", "XA"))
    monkeypatch.setitem(callers.CALLERS, auditor.name, auditor)
    for name, is_shown in ((auditor.name, False), ("auditor", True)):
        shown = await _audited(services, name)
        assert (canary.id("correspondence") in shown) is is_shown
        assert is_shown or [mark for mark in traces(canary) if mark in shown] == []


async def _audited(services: Services, name: str) -> str:
    """All pages of the audit trail that a caller gets."""
    found, query = "", {"limit": "200"}
    while True:
        page = (await Caller(services["access"], name).get("/access/v1/audit", params=query)).json()
        found += orjson.dumps(page["items"]).decode()
        if query.get("after") == page["next_after"]:
            return found
        query["after"] = page["next_after"]


async def test_filters_by_the_rows_ids_find_nothing(services: Services, canary: CountryFixture) -> None:
    for service, plurals in _KINDS.items():
        for plural in plurals:
            for field, above in _FIELDS.items():
                address = f"/{service}/v1/{plural}?{field}={canary.id(above)}&include=total_estimate"
                response = await Caller(services[service], "author_xa").get(address)
                if response.status_code == 200:
                    assert (response.json()["items"], response.json()["total_estimate"]) == ([], 0), address


async def test_equal_addresses_names_and_domains_are_no_conflict_and_disclose_no_duplicate(
    services: Services, canary: CountryFixture
) -> None:
    caller = Caller(services["membership"], "author_xa")
    expert = {
        "names": [{"given": "Ina", "family": WORD}], "country": "XA", "visibility": "restricted",
        "emails": [{"value": f"{WORD}@example.org"}],
    }  # fmt: skip
    institution = {
        "names": [{"value": f"University {WORD}", "language": "en", "types": ["ror_display"]}],
        "country": "XA", "visibility": "restricted", "domains": [f"{WORD}.example"],
    }  # fmt: skip
    for path, body in (("experts", expert), ("institutions", institution)):
        response = await caller.post(f"/membership/v1/{path}", body)
        assert response.status_code == 201, response.text
        assert [mark for mark in traces(canary) - {WORD} if mark in response.text] == []
        assert not response.json().get("duplicates")


_KINDS = {
    "membership": ("experts", "institutions", "merges", "nominations"),
    "centres": ("committees", "seats", "centres", "terms", "agreements", "reviewers", "evaluations"),
    "actions": (
        "programmes", "actions", "milestones", "endorsements", "correspondence", "government_bodies", "focal_points",
        "meetings", "reports", "delegations", "report_comments", "evidence", "support_requests", "offers", "tasks",
    ),
    "access": (
        "accounts", "grants", "clients", "api_keys", "webhooks", "factors", "identity_providers", "signing_keys",
    ),
}  # fmt: skip
_PARTS, _MORE_PARTS = ("/history", "/transitions"), {"evidence": ("/content", "/download_url")}
_NOT_LISTED = (
    "task_comments",
    "affiliations",
    "reviews",
    "scores",
    "evaluation_scores",
    "sessions",
    "authorizations",
    "identities",
    "notifications",
    "messages of experts",
    "messages of centres",
)
"""Kinds that the administrator finds in no list: sessions, consents, identities and notifications are listed to each
person alone, pending transitions and messages with their records."""
_OF_NO_COUNTRY = ("/actions/v1/frameworks", "/actions/v1/periods", "/centres/v1/networks", "/access/v1/events/position")
"""Reference data are public; each country of a test has its own. The encrypted end of the feed moves with any event."""
_FIELDS = {
    "institution": "institutions",
    "host_institution_id": "institutions",
    "director_id": "experts",
    "expert_id": "experts",
    "winner_id": "winners",
    "loser_id": "losers",
    "committee_id": "committees",
    "centre_id": "centres",
    "programme_id": "programmes",
    "report_id": "reports",
    "action_id": "actions",
    "body_id": "government_bodies",
    "lead_body_id": "government_bodies",
    "principal_id": "accounts",
    "owner_id": "accounts",
    "delegated_from": "grants",
}
"""Filters by another record."""
