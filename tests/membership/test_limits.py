"""Rate limits over HTTP: too many requests are rejected, and responses to a token contain the rest of the limit."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from shared.kernel.addresses import site_of
from tests.support.callers import Caller, serving

EXPERTS = "/membership/v1/experts"
_LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


@pytest.fixture
def limited(database_url: str, redis_url: str) -> Any:
    """The app's client under the given limits. Each test uses its own amount, which has its own counter."""

    @asynccontextmanager
    async def open_app(address: str = "192.0.2.7", **limits: int) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(MembershipSettings(database_url=database_url, redis_url=redis_url, **limits))
        async with serving(app) as client:
            client._transport.client = (address, 1)  # type: ignore[attr-defined]
            yield client

    return open_app


def left(response: httpx.Response) -> tuple[str, int]:
    """The limit's name and its rest."""
    found = _LEFT.fullmatch(response.headers["ratelimit"])
    assert found is not None, response.headers["ratelimit"]
    assert 1 <= int(found[3]) <= 60
    return found[1], int(found[2])


async def test_a_client_is_shown_what_is_left_and_stopped_when_nothing_is(limited: Any) -> None:
    async with limited(client_requests=7) as client:
        caller = Caller(client, "government_xa")
        responses = [await caller.get(EXPERTS) for _ in range(8)]
        assert [response.status_code for response in responses] == [200] * 7 + [429]
        assert [left(response) for response in responses] == [("client", n) for n in (6, 5, 4, 3, 2, 1, 0, 0)]
        assert {response.headers["ratelimit-policy"] for response in responses} == {'"client";q=7;w=60'}
        refusal = responses[-1]
        assert (refusal.json()["code"], refusal.headers["content-type"]) == ("rate_limited", "application/problem+json")
        assert refusal.headers["ratelimit"].endswith(f";t={refusal.headers['retry-after']}")
        assert (await Caller(client, "government_xb").get(EXPERTS)).status_code == 200


async def test_accounts_and_addresses_have_limits_of_their_own(limited: Any) -> None:
    async with limited(account_requests=3, address_requests=5) as client:
        person, nobody = Caller(client, "author_xb"), Caller(client, None)
        people = [await person.get(EXPERTS) for _ in range(4)]
        assert [response.status_code for response in people] == [200] * 3 + [429]
        assert left(people[0]) == ("account", 2)
        unnamed = [await nobody.get(EXPERTS) for _ in range(6)]
        assert [response.status_code for response in unnamed] == [200] * 5 + [429]
        assert left(unnamed[-1]) == ("address", 0)


async def test_what_a_cache_may_keep_says_nothing_of_limits(limited: Any) -> None:
    async with limited() as client:
        response = await Caller(client, None).get(EXPERTS)
        assert (response.status_code, "ratelimit" in response.headers) == (200, False)


async def test_every_kind_of_response_to_a_token_shows_what_is_left(limited: Any) -> None:
    async with limited(client_requests=900) as client:
        caller = Caller(client, "secretariat")
        body = {"names": [{"given": "Ada", "family": "Limit"}], "country": "XA"}
        made = await caller.post(EXPERTS, body)
        item = made.headers["location"]
        responses = [
            made,
            await caller.get(item),
            await caller.get(item, headers={"If-None-Match": made.headers["etag"]}),
            await caller.get(f"{EXPERTS}?format=ndjson"),
            await caller.get(f"{EXPERTS}/{'0' * 36}"),
            await caller.get(f"{EXPERTS}?colour=1"),
            await caller.post(EXPERTS, {"names": 1}),
            await caller.patch(item, {}),
            await caller.request("HEAD", item),
        ]
        assert [response.status_code for response in responses] == [201, 200, 304, 200, 404, 400, 422, 428, 200]
        assert [left(response) for response in responses] == [("client", 899 - number) for number in range(9)]
        assert all(response.headers.get_list("ratelimit", split_commas=True).__len__() == 1 for response in responses)


async def test_an_upload_is_counted_once(limited: Any) -> None:
    async with limited(client_requests=901) as client:
        caller = Caller(client, "secretariat")
        file = {"file": ("experts.csv", b"given,family,country\nAda,Once,XA\n", "text/csv")}
        response = await caller.request("POST", "/membership/v1/imports", files=file, data={"resource": "experts"})
        assert response.status_code == 202, response.text
        assert left(response) == ("client", 900)


async def test_bad_tokens_of_one_address_are_stopped_and_good_ones_are_not(limited: Any) -> None:
    async with limited("192.0.2.8", failed_authentications=4) as client:
        for path in (EXPERTS, "/membership/v1/jobs/x"):
            responses = [await client.get(path, headers={"Authorization": "Bearer bad"}) for _ in range(3)]
        assert [response.status_code for response in responses] == [401, 429, 429]
        assert left(responses[-1]) == ("failed", 0)
        assert 1 <= int(responses[-1].headers["retry-after"]) <= 60
        assert (await Caller(client, "secretariat").get(EXPERTS)).status_code == 200
        assert (await Caller(client, None).get(EXPERTS)).status_code == 200
    async with limited("192.0.2.9", failed_authentications=4) as client:
        assert (await client.get(EXPERTS, headers={"Authorization": "Bearer bad"})).status_code == 401


async def test_the_addresses_of_one_ipv6_site_count_together(limited: Any) -> None:
    statuses = []
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"):
        async with limited(address, address_requests=2) as client:
            statuses.append([(await client.get(EXPERTS)).status_code for _ in range(2)])
    assert statuses == [[200, 200], [429, 429], [200, 200]]


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64"),
        ("", ""),
        ("x" * 100, "x" * 64),
    ],
)
def test_an_address_stands_for_its_site(address: str, site: str) -> None:
    assert site_of(address) == site


async def test_health_is_never_limited(limited: Any) -> None:
    async with limited(address_requests=1) as client:
        assert {(await client.get("/membership/v1/livez")).status_code for _ in range(5)} == {200}


@pytest.mark.parametrize("name", ["access_token", "token", "api_key", "client_secret", "Authorization"])
async def test_a_token_in_the_address_is_refused_and_not_repeated(limited: Any, name: str) -> None:
    async with limited() as client:
        for caller in (Caller(client, None), Caller(client, "secretariat")):
            response = await caller.get(f"{EXPERTS}?{name}=canary-3318")
            expected = "key_in_address" if name == "access_token" else "unknown_parameter"
            assert (response.status_code, response.json()["code"]) == (400, expected)
            assert "canary" not in response.text
        private = await Caller(client, None).get(f"/membership/v1/jobs/x?{name}=canary-3318")
        assert private.status_code == (400 if name == "access_token" else 401)
