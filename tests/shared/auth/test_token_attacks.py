"""The verifier and HTTP reject forged, stale and misdirected tokens, and accept valid ones."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from shared.auth.keys import Claims, InvalidToken, UnknownKey, public_key, sign, verify
from shared.database.ids import uuid7
from shared.kernel.principal import PrincipalKind
from tests.shared.auth.forged import HEADER, KEY, KEY_ID, OTHER, P384, RSA, RULES, SUBJECT, Forger, corpus
from tests.support.inside import Inside

KEYS = {KEY_ID: public_key(KEY.as_dict(private=False))}
NOW = time.time()
ATTACKS = corpus(NOW)
OPEN, CLOSED = "/membership/v1/experts", "/membership/v1/imports"


@pytest_asyncio.fixture(scope="module")
async def http(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service with our key and the account of the tokens."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at,"
        " updated_by, email, email_key, name, search_key)"
        " VALUES ($1, 1, 'active', 'restricted', now(), 'x', now(), 'x', 'forged@x', 'forged@x', 'Ana', '')",
        SUBJECT,
    )
    await connection.execute(
        "INSERT INTO escm.access_signing_key"
        " VALUES ($1, $2::text::jsonb, '', now(), now(), now(), now() + interval '1 hour')",
        KEY_ID,
        json.dumps({**KEY.as_dict(private=False), "kid": KEY_ID, "alg": "ES256"}),
    )
    await connection.close()
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url, issuer=RULES.issuer)
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Inside(app), base_url="http://test") as client,
    ):
        yield client


async def asked(http: httpx.AsyncClient, path: str, authorization: str) -> httpx.Response:
    return await http.get(path, headers={b"authorization": authorization.encode()})


def test_the_corpus_is_large_enough() -> None:
    assert len(ATTACKS) >= 40
    assert len(set(ATTACKS.values())) == len(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_is_refused(name: str) -> None:
    with pytest.raises(InvalidToken) as refusal:
        verify(ATTACKS[name], KEYS, RULES, NOW)
    assert refusal.value.code == "invalid_token"
    assert refusal.value.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ATTACKS)
async def test_the_attack_is_refused_over_http_and_never_taken_for_nobody(http: httpx.AsyncClient, name: str) -> None:
    attack = corpus(time.time())[name]
    for path in (OPEN, CLOSED):
        response = await asked(http, path, f"Bearer {attack}")
        assert (response.status_code, response.json()["code"]) == (401, "invalid_token"), path
        challenge = response.headers["www-authenticate"]
        assert challenge.startswith('Bearer realm="escm", error="invalid_token", resource_metadata="https://')
        assert response.headers["cache-control"] == "no-store"
        assert len(attack) < 20 or attack not in response.text


async def test_an_honest_token_is_still_accepted(http: httpx.AsyncClient) -> None:
    good = Forger(time.time()).signed()
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert [(await asked(http, path, f"{scheme} {good}")).status_code for path in (OPEN, CLOSED)] == [200, 200]


@pytest.mark.parametrize(
    "header", ["Bearer  {}", "Bearer\t{}", "Bearer Bearer {}", "Basic {}", "DPoP {}", "Token {}", "{}", "Bearer {} x"]
)
async def test_another_scheme_does_not_carry_an_honest_token(http: httpx.AsyncClient, header: str) -> None:
    response = await asked(http, OPEN, header.format(Forger(time.time()).signed()))
    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("kind", ["account", "client", "key"])
async def test_a_right_token_of_somebody_unknown_is_refused(http: httpx.AsyncClient, kind: str) -> None:
    forger = Forger(time.time())
    identity = uuid7() if kind == "account" else SUBJECT
    response = await asked(http, OPEN, f"Bearer {forger.signed(claims=forger.claims | {'sub': f'{kind}:{identity}'})}")
    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


def test_our_own_tokens_hold() -> None:
    issued = int(NOW)
    claims = Claims(PrincipalKind.ACCOUNT, SUBJECT, "", "t2", "*:read", issued, issued + 600, KEY_ID)
    assert verify(sign(claims, RULES, KEY), KEYS, RULES, NOW) == claims


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["other", "escm"]},
        {"iat": NOW + 25, "nbf": NOW + 25},
        {"iat": NOW - 600, "nbf": NOW - 600, "exp": NOW - 25},
        {"unknown": {"deep": []}},
    ],
)
def test_honest_tokens_hold_with_thirty_seconds_of_skew(changes: dict[str, Any]) -> None:
    forger = Forger(NOW)
    assert verify(forger.signed(claims=forger.claims | changes), KEYS, RULES, NOW).subject == SUBJECT


def test_an_unknown_key_is_distinguished_internally_only() -> None:
    with pytest.raises(UnknownKey):
        verify(Forger(NOW).signed(HEADER | {"kid": "k2"}), KEYS, RULES, NOW)


@pytest.mark.parametrize("key", [OTHER.as_dict(private=True), P384.as_dict(private=False), RSA.as_dict(private=False)])
def test_only_public_keys_of_the_one_kind_are_published(key: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="public half"):
        public_key(key)
