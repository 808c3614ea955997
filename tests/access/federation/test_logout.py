"""A person who signs out at the provider is signed out here; fifteen hostile logout tokens end nothing."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from services.access.settings import AccessSettings
from shared.messaging.relay import Relay
from tests.access.caller import Caller
from tests.access.federation.connecting import Connected, connect
from tests.access.federation.test_id_tokens import STRANGER, raw
from tests.access.signing_in.walking import a_site
from tests.support.mailbox import Mailbox
from tests.support.providers import LOGOUT, FakeProvider, signed
from tests.support.signing_in import ACCOUNT, Visitor, answer_of
from tests.support.waiting import eventually
from tests.support.workers import at_work


async def _sent(connected: Connected, token: str) -> httpx.Response:
    path = f"/access/v1/federation/{connected.code}/backchannel_logout"
    return await connected.caller.http.post(path, data={"logout_token": token})


async def _signed_in(connected: Connected, subject: str, sid: str | None = None) -> Visitor:
    visitor, claims = connected.visitor(), {"sid": sid} if sid else {}
    email = f"{uuid4().hex}@example.org"
    await connected.signs_in(visitor, subject, email=email, email_verified=True, **claims)
    return visitor


async def _is_signed_in(visitor: Visitor) -> bool:
    return (await visitor.get(ACCOUNT)).status_code == 200


async def test_a_logout_ends_one_session_there_or_all_of_a_person(connected: Connected, fake: FakeProvider) -> None:
    subject = uuid4().hex
    first, second, third = [await _signed_in(connected, subject, sid) for sid in ("s1" + subject, "s2" + subject, None)]
    other = await _signed_in(connected, uuid4().hex, "s1" + uuid4().hex)
    assert (await _sent(connected, fake.logout_token(sid="s1" + subject))).status_code == 200
    assert [await _is_signed_in(one) for one in (first, second, third, other)] == [False, True, True, True]
    mixed = await _sent(connected, fake.logout_token(sub=uuid4().hex, sid="s2" + subject))
    assert mixed.status_code == 200
    assert await _is_signed_in(second), "the subject is unknown here"
    token = fake.logout_token(sub=subject)
    done = await _sent(connected, token)
    assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
    assert [await _is_signed_in(one) for one in (first, second, third, other)] == [False, False, False, True]
    again = await _sent(connected, token)
    assert (again.status_code, again.json()["code"]) == (400, "invalid_request")


async def test_a_logout_ends_the_tokens_of_clients(caller: Caller, connected: Connected, fake: FakeProvider) -> None:
    subject, site = uuid4().hex, await a_site(caller)
    visitor = await _signed_in(connected, subject)
    consent = await visitor.follow(await visitor.get(site.address()))
    answer = answer_of(await visitor.fill(consent, {"decision": "allow"}))
    tokens = (await site.exchange(answer["code"])).json()
    assert (await _sent(connected, fake.logout_token(sub=subject))).status_code == 200
    assert (await site.renew(tokens["refresh_token"])).json()["error"] == "invalid_grant"


_CHANGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.gov.example"},
    "another audience": {"aud": "another-client"},
    "a further audience": {"aud": ["escm-there", "another-client"]},
    "late": {"iat": 1_700_000_000, "exp": 1_700_000_100},
    "of tomorrow": {"iat": int(time.time()) + 86_400, "exp": int(time.time()) + 90_000},
    "an expiry in a text": {"exp": "9999999999"},
    "no expiry, of yesterday": {"exp": None, "iat": int(time.time()) - 86_400},
    "no time": {"iat": None},
    "nobody": {"sub": None},
    "a nonce": {"nonce": "x"},
    "no events": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "events in a list": {"events": [LOGOUT]},
    "an event that is no object": {"events": {LOGOUT: True}},
    "no jti": {"jti": None},
    "a jti that is no text": {"jti": 7},
}


@pytest.mark.parametrize("name", [*_CHANGED, "no signature", "a stranger", "an access token", "no token"])
async def test_a_hostile_logout_token_ends_nothing(connected: Connected, fake: FakeProvider, name: str) -> None:
    subject = uuid4().hex
    visitor = await _signed_in(connected, subject)
    claims = fake.claims(sub=subject, jti=uuid4().hex, events={LOGOUT: {}})
    claims |= _CHANGED.get(name, {})
    claims = {key: value for key, value in claims.items() if value is not None}
    if name == "no signature":
        token = raw({"alg": "none", "typ": "logout+jwt"})(fake, claims)
    elif name == "a stranger":
        token = signed(claims, STRANGER, typ="logout+jwt")
    else:
        token = signed(claims, fake.keys["ES256"], typ="at+jwt" if name == "an access token" else "logout+jwt")
    refused = await _sent(connected, "" if name == "no token" else token)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request"), refused.text
    assert await _is_signed_in(visitor)


async def test_a_logout_token_of_a_draft_of_the_standard_has_no_expiry(
    connected: Connected, fake: FakeProvider
) -> None:
    subject = uuid4().hex
    visitor = await _signed_in(connected, subject)
    claims = fake.claims(sub=subject, jti=uuid4().hex, events={LOGOUT: {}})
    del claims["exp"]
    token = signed(claims, fake.keys["ES256"])
    assert (await _sent(connected, token)).status_code == 200
    assert not await _is_signed_in(visitor)
    assert (await _sent(connected, token)).status_code == 400, "it is used once"


async def test_a_logout_token_of_another_provider_ends_nothing(
    caller: Caller, connected: Connected, fake: FakeProvider, another: FakeProvider
) -> None:
    other, subject = await connect(caller, another), uuid4().hex
    visitor = await _signed_in(connected, subject)
    assert (await _sent(other, fake.logout_token(sub=subject))).status_code == 400
    assert (await _sent(other, another.logout_token(sub=subject))).status_code == 200
    assert (await _sent(connected, another.logout_token(sub=subject))).status_code == 400
    assert await _is_signed_in(visitor)
    nobody = await caller.http.post("/access/v1/federation/nobody/backchannel_logout", data={"logout_token": "x"})
    assert nobody.status_code == 404


class _Receiver:
    """What a client receives on loopback; the first responses are failures."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.tokens: list[str] = []

    def answer(self, form: dict[str, str]) -> int:
        self.tokens.append(form["logout_token"])
        return 503 if len(self.tokens) <= self.failures else 200


@contextmanager
def _serving(receiver: _Receiver) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.answer({name: values[0] for name, values in parse_qs(text).items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/signed-out"
        server.shutdown()


@pytest.mark.parametrize("failures", [0, 1])
async def test_a_client_hears_that_a_session_ended(
    caller: Caller,
    connected: Connected,
    fake: FakeProvider,
    posted: Mailbox,
    settings: AccessSettings,
    failures: int,
) -> None:
    receiver, subject = _Receiver(failures), uuid4().hex
    relay = Relay(settings, grace=0.2, backoff=0.05, poll=0.25)
    async with at_work(relay):
        with _serving(receiver) as address:
            site = await a_site(caller, backchannel_logout_uri=address)
            visitor = await _signed_in(connected, subject)
            consent = await visitor.follow(await visitor.get(site.address(scope="openid")))
            code = answer_of(await visitor.fill(consent, {"decision": "allow"}))["code"]
            session = read_claims((await site.exchange(code)).json()["id_token"])
            assert (await _sent(connected, fake.logout_token(sub=subject))).status_code == 200
            await eventually(lambda: _came(receiver, failures + 1))
    keys = KeySet.import_key_set((await caller.http.get("/.well-known/jwks.json")).json())
    token = jwt.decode(receiver.tokens[-1], keys, algorithms=["ES256"])
    assert token.header["typ"] == "logout+jwt"
    assert (token.claims["aud"], token.claims["sid"], token.claims["sub"]) == (
        site.client_id, session["sid"], session["sub"],
    )  # fmt: skip
    assert token.claims["events"] == {LOGOUT: {}}
    assert "nonce" not in token.claims


async def _came(receiver: _Receiver, count: int) -> bool:
    return len(receiver.tokens) == count


def read_claims(token: str) -> dict[str, Any]:
    encoded = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))))
