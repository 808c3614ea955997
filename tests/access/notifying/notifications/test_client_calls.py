"""Calls of clients are counted. A retiring operation says that it does, access reports which clients call it, and those
who look after a client get mails."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Response

from services.access.access import ROLES
from services.access.app import create_app
from services.access.notifying.notifications.sentences import sentence
from services.access.principals.client_calls import operations
from services.access.settings import AccessSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.resource import Resource
from shared.web.contract.deprecation import Deprecation
from shared.web.contract.openapi import describe
from shared.web.contract.route_options import RouteOptions
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter
from tests.access.notifying.notifications.people import People, arrived
from tests.support.inside import Inside
from tests.support.mailbox import Mailbox, text_of

PATH = "/access/v1/old_things"
TODAY = date(2027, 1, 1)
RETIRING = Deprecation(date(2026, 6, 1), date(2027, 6, 30), "/access/v1/things")
EVENT = "client.deprecation_due"


@pytest.fixture(scope="module")
async def old(settings: AccessSettings) -> AsyncIterator[FastAPI]:
    """Access with an operation that retires."""
    app = create_app(settings)
    router = ResourceRouter(Resource("access", "old_things", "old_thing"), ROLES)

    @router.get("", options=RouteOptions(is_public=True, deprecation=RETIRING), operation_id="listOldThings")
    async def list_old_things(ctx: CurrentContext) -> Response:
        return Response(b"{}", media_type="application/json")

    app.router.routes.extend(router.routes)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def retiring(old: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=Inside(old), base_url="http://access.test") as client:
        yield client


@pytest.fixture
async def focal(people: People) -> UUID:
    """A focal point of XA whose password is older than a month."""
    account = await people.person()
    await people.superuser.execute("DELETE FROM access_credential_change WHERE principal_id = $1", account)
    await people.holds(account, "government_focal_point", "country", "XA")
    return account


async def _client(people: People, focal: UUID) -> dict[str, Any]:
    """A client of XA that its focal point proposed and the secretariat confirmed."""
    body = {"name": "Ministry", "scope_kind": "country", "scope_id": "XA", "resources": ["access.*"], "verbs": ["read"]}
    made = await people.caller.send(str(focal), "POST", "/clients", body)
    assert made.status_code == 201, made.text
    confirmed = await people.caller.step("admin", made.json()["links"]["self"], "confirm")
    assert confirmed.status_code == 200, confirmed.text
    return dict(made.json())


async def _call(people: People, retiring: httpx.AsyncClient, client: dict[str, Any], times: int = 1) -> httpx.Response:
    token = (await people.caller.client_token(client["client_id"], client["secret"])).json()["access_token"]
    for _ in range(times):
        response = await retiring.get(PATH, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 200, response.text
    return response


def _is(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    monkeypatch.setattr("shared.auth.client_calls.now", lambda: at)
    monkeypatch.setattr("services.access.principals.client_calls.operations.now", lambda: at)
    monkeypatch.setattr("services.access.principals.client_calls.operations.today", lambda: day)
    monkeypatch.setattr("services.access.principals.client_calls.routes.today", lambda: day)
    monkeypatch.setattr("shared.web.request.paging.today", lambda: day)


async def _remind(people: People) -> None:
    async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
        await operations.remind(uow)


async def _reminders(people: People, client: dict[str, Any]) -> int:
    return int(
        await people.superuser.fetchval(
            "SELECT count(*) FROM core_audit WHERE subject = $1 AND action = 'remind'", UUID(client["id"])
        )
    )


async def test_each_response_says_when_the_operation_ends(retiring: httpx.AsyncClient) -> None:
    response = await retiring.get(PATH)
    assert response.headers["deprecation"] == f"@{int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())}"
    assert response.headers["sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert response.headers["link"] == (
        '</guides/versions>; rel="deprecation"; type="text/html", </access/v1/things>; rel="successor-version"'
    )
    assert "deprecation" in (await retiring.get(f"{PATH}?nothing=1")).headers, "a refusal, too"
    assert "deprecation" not in (await retiring.get("/access/v1/vocabularies")).headers


def test_the_contract_says_it(old: FastAPI) -> None:
    described = describe(old, "access")["paths"][PATH]["get"]
    assert (described["deprecated"], described["x-sunset"]) == (True, "2027-06-30")


@pytest.mark.parametrize("days", [0, 364])
def test_an_operation_is_not_ended_within_a_year(days: int) -> None:
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(TODAY, TODAY + timedelta(days=days))


async def test_the_report_has_the_calls_of_thirty_days(
    people: People, focal: UUID, old: FastAPI, retiring: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await _client(people, focal)
    path = f"/clients/{client['id']}/deprecations"
    assert (await people.caller.send(str(focal), "GET", path)).json() == {"items": [], "next": None}
    for day, times in ((TODAY, 2), (TODAY + timedelta(days=1), 3)):
        _is(monkeypatch, day)
        await _call(people, retiring, client, times)
        await old.state.client_calls.write()
        await _remind(people)
    (found,) = (await people.caller.send(str(focal), "GET", path)).json()["items"]
    assert found == {
        "operation": "listOldThings",
        "service": "access",
        "method": "GET",
        "path": PATH,
        "calls": 5,
        "last_called": "2027-01-02T09:00:00.000000Z",
        "deprecated_on": "2026-06-01",
        "sunset": "2027-06-30",
        "link": "/guides/versions",
    }
    _is(monkeypatch, TODAY + timedelta(days=30))
    await _remind(people)
    assert (await people.caller.send(str(focal), "GET", path)).json()["items"][0]["calls"] == 3
    _is(monkeypatch, TODAY + timedelta(days=31))
    await _remind(people)
    assert (await people.caller.send(str(focal), "GET", path)).json()["items"] == []


async def test_calls_and_failures_are_counted_by_day_and_operation(
    people: People, focal: UUID, old: FastAPI, retiring: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after they were summed up, and page by page."""
    client, last = await _client(people, focal), TODAY + timedelta(days=1)
    path = f"/clients/{client['id']}/usage"
    token = (await people.caller.client_token(client["client_id"], client["secret"])).json()["access_token"]
    for day, times in ((TODAY, 2), (last, 3)):
        _is(monkeypatch, day)
        await _call(people, retiring, client, times)
        missing = await retiring.get("/access/v1/accounts/none", headers={"Authorization": f"Bearer {token}"})
        assert missing.status_code == 404
        await old.state.client_calls.write()
        async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
            await operations.sum_up(uow)
        await _call(people, retiring, client)
        await old.state.client_calls.write()
    found = await people.caller.everything(str(focal), f"/access/v1{path}?limit=1&to={last}")
    assert [(one["day"], one["operation"], one["calls"], one["failures"]) for one in found] == [
        ("2027-01-02", "listOldThings", 4, 0),
        ("2027-01-02", "getAccount", 1, 1),
        ("2027-01-01", "listOldThings", 3, 0),
        ("2027-01-01", "getAccount", 1, 1),
    ]
    assert (found[0]["path"], found[0]["last"]) == (PATH, "2027-01-02T09:00:00.000000Z")
    (first,) = (await people.caller.send(str(focal), "GET", f"{path}?to={TODAY}&limit=1")).json()["items"]
    assert first["day"] == "2027-01-01"
    other = await people.person()
    await people.holds(other, "government_focal_point", "country", "XB")
    assert (await people.caller.send(str(other), "GET", path)).status_code == 404


async def test_a_failed_write_is_repeated(
    people: People, focal: UUID, old: FastAPI, retiring: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await _client(people, focal)
    await _call(people, retiring, client)
    calls = old.state.client_calls
    with monkeypatch.context() as patch:
        patch.setattr(calls, "_database", None)
        with pytest.raises(AttributeError):
            await calls.write()
    await _call(people, retiring, client)
    await calls.write()
    (found,) = (await people.caller.send("admin", "GET", f"/clients/{client['id']}/deprecations")).json()["items"]
    assert found["calls"] == 2


async def test_who_does_not_see_the_client_has_no_report(people: People, focal: UUID) -> None:
    client = await _client(people, focal)
    other = await people.person()
    await people.holds(other, "government_focal_point", "country", "XB")
    path = f"/clients/{client['id']}/deprecations"
    assert (await people.caller.send(str(other), "GET", path)).status_code == 404
    assert (await people.caller.http.get(f"/access/v1{path}")).status_code == 401


async def test_calls_of_people_are_not_counted(people: People, old: FastAPI, retiring: httpx.AsyncClient) -> None:
    before = await people.superuser.fetchval("SELECT count(*) FROM access_client_call")
    await retiring.get(PATH, headers={"Authorization": f"Bearer {await people.caller.token('officer')}"})
    await retiring.get(PATH)
    await old.state.client_calls.write()
    assert await people.superuser.fetchval("SELECT count(*) FROM access_client_call") == before


async def test_mails_go_out_at_the_start_and_before_the_end(
    people: People,
    focal: UUID,
    old: FastAPI,
    retiring: httpx.AsyncClient,
    posted: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await _client(people, focal)
    contact = await people.person()
    link = client["links"]["self"].removeprefix("/access/v1")
    tag = (await people.caller.send("admin", "GET", link)).headers["etag"]
    named = await people.caller.send("admin", "PATCH", link, {"contacts": [str(contact)]}, **{"If-Match": tag})
    assert named.json()["contacts"] == [str(contact)], named.text
    for left, mails in {180: 1, 179: 1, 91: 1, 90: 2, 89: 2, 31: 2, 30: 3, 8: 3, 7: 4, 6: 4}.items():
        _is(monkeypatch, RETIRING.sunset - timedelta(left))
        await _call(people, retiring, client)
        await old.state.client_calls.write()
        for _ in range(2):
            await _remind(people)
        assert await _reminders(people, client) == mails, left
    await people.deliver(client["id"])
    address = people.address(focal)
    mails = [one for one in await arrived(posted, address, 1) if sentence(EVENT, "en") in text_of(one)]
    assert mails
    assert EVENT in await people.events(focal)
    assert EVENT in await people.events(contact)


async def test_a_client_that_stopped_calling_is_left_alone(
    people: People, focal: UUID, old: FastAPI, retiring: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await _client(people, focal)
    _is(monkeypatch, TODAY)
    await _call(people, retiring, client)
    await old.state.client_calls.write()
    await _remind(people)
    _is(monkeypatch, RETIRING.sunset - timedelta(days=30))
    await _remind(people)
    assert await _reminders(people, client) == 1
