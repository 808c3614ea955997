"""Access tokens of a provider act as the person who is linked there, while the provider and the link are."""

import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey

from services.access.app import create_app
from services.access.federation.providers.jobs import published, store
from services.access.federation.remote.providers import RemoteProviders
from services.access.settings import AccessSettings
from services.access.worker import create_worker
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.relay import Relay
from tests.access.caller import Caller
from tests.access.factors.persons import a_person
from tests.access.federation.connecting import PROVIDERS, Connected, body_of, connect
from tests.access.federation.test_id_tokens import raw
from tests.support.inside import Inside
from tests.support.providers import AUDIENCE, Claims, FakeProvider, signed
from tests.support.waiting import eventually
from tests.support.workers import at_work, drop_jobs

_TOKENS = {"audience": AUDIENCE}
_STRANGER = ECKey.generate_key("P-256", {"kid": "ec"})


async def _read_keys(database: Database) -> None:
    found = await published(database, RemoteProviders(AccessSettings()))
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await store(uow, found)


@pytest.fixture(scope="module")
async def connected(caller: Caller, served: FakeProvider, database: Database) -> Connected:
    """A provider whose access tokens are taken."""
    found = await connect(caller, served, accounts="anyone", levels={"mfa": "2"}, access_tokens=_TOKENS)
    await _read_keys(database)
    return found


@asynccontextmanager
async def _running(application: Any) -> AsyncIterator[httpx.AsyncClient]:
    inside = httpx.AsyncClient(transport=Inside(application), base_url="http://access.test")
    async with application.router.lifespan_context(application), inside as client:
        yield client


@pytest.fixture(scope="module")
async def api(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The app, which believes nothing for longer than a millisecond."""
    async with _running(create_app(settings.model_copy(update={"grants_believed": 0.001}))) as client:
        yield client


@pytest.fixture
async def elsewhere(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The app of membership, which verifies tokens itself."""
    given = MembershipSettings(database_url=settings.database_url, redis_url=settings.redis_url)
    async with _running(create_membership(given)) as client:
        yield client


async def _linked(connected: Connected, **claims: Any) -> str:
    """The subject of somebody who has signed in once."""
    subject = uuid4().hex
    claims |= {"email": f"{subject}@example.org", "email_verified": True}
    await connected.signs_in(connected.visitor(), subject, **claims)
    return subject


async def _me(api: httpx.AsyncClient, token: str) -> httpx.Response:
    return await api.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})


async def test_a_token_acts_as_the_person_in_every_service(
    connected: Connected, fake: FakeProvider, api: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    token = fake.access_token(await _linked(connected))
    me = await _me(api, token)
    assert (me.status_code, me.json()["principal"]["kind"], me.json()["session_id"]) == (200, "account", None), me.text
    identities = await api.get("/access/v1/identities", headers={"Authorization": f"Bearer {token}"})
    assert [one["provider"] for one in identities.json()["items"]] == [connected.code]
    experts = await elsewhere.get("/membership/v1/experts", headers={"Authorization": f"Bearer {token}"})
    assert experts.status_code == 200, experts.text


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256", "RS256"])
async def test_a_token_of_each_algorithm_is_taken(
    connected: Connected, fake: FakeProvider, api: httpx.AsyncClient, algorithm: str
) -> None:
    claims = fake.access_claims(await _linked(connected))
    with warnings.catch_warnings(action="ignore"):
        token = signed(claims, fake.keys[algorithm], algorithm, typ="application/at+jwt")
    assert (await _me(api, token)).status_code == 200


def _changed(**changed: Any) -> Callable[[FakeProvider, Claims], str]:
    def forge(fake: FakeProvider, claims: Claims) -> str:
        whole = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return signed(whole, fake.keys["ES256"], typ="at+jwt")

    return forge


def _headed(**header: Any) -> Callable[[FakeProvider, Claims], str]:
    return lambda fake, claims: signed(claims, fake.keys["ES256"], **header)


_NOW = int(time.time())
_HOSTILE: dict[str, Callable[[FakeProvider, Claims], str]] = {
    "no signature": raw({"alg": "none", "typ": "at+jwt"}),
    "a secret": raw({"alg": "HS256", "typ": "at+jwt", "kid": "rsa"}),
    "a stranger's key": lambda _fake, claims: signed(claims, _STRANGER, typ="at+jwt"),
    "an unknown key": _headed(typ="at+jwt", kid="unknown"),
    "a key in the header": _headed(typ="at+jwt", jwk=_STRANGER.as_dict(private=False)),
    "an ID token": _headed(typ="JWT"),
    "no type": _headed(),
    "a logout token": _headed(typ="logout+jwt"),
    "another issuer": _changed(iss="https://id.gov.example"),
    "no issuer": _changed(iss=None),
    "our issuer": _changed(iss="http://access.test"),
    "another audience": _changed(aud="https://other.example.org"),
    "the client as audience": _changed(aud="escm"),
    "a further audience": _changed(aud=[AUDIENCE, "https://other.example.org"]),
    "no audience": _changed(aud=None),
    "late": _changed(iat=_NOW - 900, exp=_NOW - 600),
    "of two hours ago": _changed(iat=_NOW - 7200, exp=_NOW + 7200),
    "of tomorrow": _changed(iat=_NOW + 86_400, exp=_NOW + 90_000),
    "not before tomorrow": _changed(nbf=_NOW + 86_400),
    "a sign-in of tomorrow": _changed(auth_time=_NOW + 86_400),
    "no expiry": _changed(exp=None),
    "no time": _changed(iat=None),
    "no subject": _changed(sub=None),
    "a list of subjects": _changed(sub=["x"]),
    "a stranger": _changed(sub="nobody"),
    "no client": _changed(client_id=None),
    "no id": _changed(jti=None),
    "bound to a key, as a bearer token": _changed(cnf={"jkt": "x" * 43}),
    "bound in an unknown way": _changed(cnf={"x5t#S256": "x" * 43}),
}  # fmt: skip


@pytest.mark.parametrize("name", _HOSTILE)
async def test_a_hostile_token_is_refused(
    connected: Connected, fake: FakeProvider, api: httpx.AsyncClient, name: str
) -> None:
    token = _HOSTILE[name](fake, fake.access_claims(await _linked(connected)))
    refused = await _me(api, token)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token"), refused.text


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"amr": ["mfa"]}, 201),
        ({"acr": "mfa"}, 201),
        ({"amr": ["pwd"]}, 401),
        ({"acr": "2"}, 401),
        ({}, 401),
        ({"amr": ["mfa"], "auth_time": _NOW - 1000}, 401),
        ({"amr": ["mfa"], "auth_time": None}, 401),
    ],
)
async def test_levels_and_the_time_of_the_sign_in_give_step_up(
    caller: Caller,
    connected: Connected,
    fake: FakeProvider,
    api: httpx.AsyncClient,
    claims: dict[str, Any],
    status: int,
) -> None:
    """An administrator of the secretariat makes a client, for which a level and a young sign-in are asked."""
    subject = await _linked(connected)
    (account,) = (await caller.send("admin", "GET", f"/accounts?email={subject}@example.org")).json()["items"]
    grant = {"principal": {"kind": "account", "id": account["id"]}, "role": "secretariat_admin"}
    made = await caller.send("admin", "POST", "/grants", {**grant, "scope_kind": "global"})
    assert made.status_code == 201, made.text
    confirmed = await caller.step("admin2", made.json()["links"]["self"], "confirm")
    assert confirmed.status_code == 200, confirmed.text
    token = _changed(**claims)(fake, fake.access_claims(subject))
    body = {"name": "x", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"], "secret": True}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    response = await api.post("/access/v1/clients", json=body, headers=headers)
    assert response.status_code == status, response.text
    if status == 401:
        assert response.json()["code"] == "insufficient_user_authentication"


async def test_who_signs_out_at_the_provider_needs_a_new_token(
    connected: Connected, fake: FakeProvider, api: httpx.AsyncClient
) -> None:
    subject = await _linked(connected)
    token = fake.access_token(subject, iat=int(time.time()) - 1)
    assert (await _me(api, token)).status_code == 200
    out = {"logout_token": fake.logout_token(sub=subject)}
    assert (await api.post(f"/access/v1/federation/{connected.code}/backchannel_logout", data=out)).status_code == 200
    assert (await _me(api, token)).status_code == 401
    assert (await _me(api, fake.access_token(subject, iat=int(time.time()) + 1))).status_code == 200


async def test_the_end_of_a_session_at_the_provider_ends_the_tokens_of_its_person(
    connected: Connected, fake: FakeProvider, api: httpx.AsyncClient
) -> None:
    """The logout token names the session alone, which is over here already."""
    sid = uuid4().hex
    subject, other = await _linked(connected, sid=sid), await _linked(connected, sid=uuid4().hex)
    tokens = [fake.access_token(one, iat=int(time.time()) - 1) for one in (subject, other)]
    address = f"/access/v1/federation/{connected.code}/backchannel_logout"
    for _ in range(2):
        assert (await api.post(address, data={"logout_token": fake.logout_token(sid=sid)})).status_code == 200
        assert [(await _me(api, token)).status_code for token in tokens] == [401, 200]
    assert (await _me(api, fake.access_token(subject, iat=int(time.time()) + 1))).status_code == 200


@pytest.mark.long("a worker also takes what other tests left, and asks their providers")
async def test_the_worker_reads_the_keys(
    caller: Caller, another: FakeProvider, api: httpx.AsyncClient, settings: AccessSettings
) -> None:
    connected = await connect(caller, another, accounts="anyone", access_tokens=_TOKENS)
    token = another.access_token(await _linked(connected))
    assert (await _me(api, token)).status_code == 401

    async def is_taken() -> bool:
        return (await _me(api, token)).status_code == 200

    await drop_jobs(settings.database_url)
    async with at_work(create_worker(settings), Relay(settings, grace=0.2, backoff=0.05, poll=0.25)):
        await eventually(is_taken)


async def test_an_unlinked_or_suspended_person_has_no_token(
    caller: Caller, connected: Connected, fake: FakeProvider, api: httpx.AsyncClient
) -> None:
    person, first = await a_person(caller), await _linked(connected)
    await person.visitor.come()
    second = await connected.links(person.visitor)
    tokens = [fake.access_token(subject) for subject in (first, second)]
    assert [(await _me(api, token)).status_code for token in tokens] == [200, 200]
    (account,) = (await caller.send("admin", "GET", f"/accounts?email={first}@example.org")).json()["items"]
    ended = await caller.step("admin", account["links"]["self"], "suspend", reason="left")
    assert ended.status_code == 200, ended.text
    (identity,) = (await person.send("GET", "/identities")).json()["items"]
    assert (await person.send("DELETE", f"/identities/{identity['id']}")).status_code == 204
    assert [(await _me(api, token)).status_code for token in tokens] == [401, 401]


async def test_tokens_are_taken_while_the_provider_is_active_and_says_so(
    caller: Caller, another: FakeProvider, api: httpx.AsyncClient, database: Database
) -> None:
    connected = await connect(caller, another, accounts="anyone")
    subject = await _linked(connected)
    path = connected.record["links"]["self"].removeprefix("/access/v1")
    await _read_keys(database)
    assert (await _me(api, another.access_token(subject))).status_code == 401, "off unless an administrator says so"

    async def changes(access_tokens: dict[str, str] | None) -> httpx.Response:
        tag = (await caller.send("admin", "GET", path)).headers["etag"]
        return await caller.send("admin", "PATCH", path, {"access_tokens": access_tokens}, **{"If-Match": tag})

    assert (await changes(_TOKENS)).json()["reason"] == "suspend_first", "a second person sees it"
    again = await _with_tokens(caller, connected, changes)
    assert again["access_tokens"] == {"audience": AUDIENCE, "subject": "sub"}
    assert (await _me(api, another.access_token(subject))).status_code == 401, "its keys were not read"
    await _read_keys(database)
    assert (await _me(api, another.access_token(subject))).status_code == 200
    another.instead = {"/keys": (500, b"")}
    await _read_keys(database)
    assert (await _me(api, another.access_token(subject))).status_code == 200, "it is away for a moment"
    another.instead, another.published = {}, []
    await _read_keys(database)
    assert (await _me(api, another.access_token(subject))).status_code == 401, "it withdrew its keys"
    another.published = None
    await _read_keys(database)
    assert (await _me(api, another.access_token(subject))).status_code == 200
    await connected.step("suspend", reason="a change")
    assert (await _me(api, another.access_token(subject))).status_code == 401


async def _with_tokens(
    caller: Caller, connected: Connected, changes: Callable[[dict[str, str]], Any]
) -> dict[str, Any]:
    link = connected.record["links"]["self"]
    await connected.step("suspend", reason="a change")
    assert (await changes(_TOKENS)).json()["status"] == "draft"
    await connected.step("test")
    waiting = (await caller.step("admin", link, "activate")).json()["links"]["self"].removeprefix("/access/v1")
    assert (await caller.send("admin2", "POST", waiting, {"decision": "confirm"})).status_code == 200
    return dict((await caller.send("admin", "GET", link.removeprefix("/access/v1"))).json())


@pytest.mark.parametrize(
    "given", [{}, {"audience": ""}, {"audience": "x", "subject": "email"}, {"audience": "x" * 201}]
)
async def test_an_audience_is_needed_and_no_other_claim_names_a_person(
    caller: Caller, fake: FakeProvider, given: dict[str, str]
) -> None:
    refused = await caller.send("admin", "POST", PROVIDERS, {**body_of(fake), "access_tokens": given})
    assert refused.status_code == 422, refused.text
