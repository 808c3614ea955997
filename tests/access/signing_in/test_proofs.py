"""Tokens that are bound to a key: nobody uses them who only has the token (DPoP, RFC 9449)."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from shared.auth import proofs
from tests.access.caller import TOKEN, Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.proving import ME, Prover


@pytest.fixture
def credentials(caller: Caller) -> dict[str, str]:
    client = caller.clients["secretariat"]
    return {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}


@pytest.fixture
async def prover(caller: Caller, credentials: dict[str, str]) -> Prover:
    """A caller that has a nonce."""
    made = Prover(caller.http)
    assert (await made.ask(credentials)).status_code == 200
    return made


async def _bound(prover: Prover, credentials: dict[str, str]) -> str:
    response = await prover.ask(credentials)
    assert (response.status_code, response.json()["token_type"]) == (200, "DPoP"), response.text
    return str(response.json()["access_token"])


async def test_a_bound_token_is_used_with_proofs_of_its_key(prover: Prover, credentials: dict[str, str]) -> None:
    token = await _bound(prover, credentials)
    for _ in range(2):
        called = await prover.call(token)
        assert (called.status_code, called.json()["principal"]["kind"]) == (200, "client"), called.text
    written = await prover.call(token, "POST", "/access/v1/accounts")
    assert written.status_code not in (401, 403)
    with_query = {"Authorization": f"DPoP {token}", "DPoP": prover.proof("GET", "/access/v1/accounts", token)}
    assert (await prover.http.get("/access/v1/accounts?limit=1", headers=with_query)).status_code == 200


async def test_a_bound_token_is_no_bearer_token_and_a_bearer_token_is_not_bound(
    prover: Prover, credentials: dict[str, str], caller: Caller
) -> None:
    token = await _bound(prover, credentials)
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"Bearer {token}", "DPoP": prover.proof("GET", ME, token)},
        {"Authorization": f"DPoP {token}"},
    ):
        assert (await prover.http.get(ME, headers=headers)).status_code == 401, headers
    plain = await caller.token("secretariat")
    refused = await prover.call(plain)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    other = Prover(caller.http)
    other.nonce = prover.nonce
    stolen = await other.call(token)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "invalid_dpop_proof")
    assert 'DPoP realm="escm", error="invalid_dpop_proof"' in stolen.headers["www-authenticate"]


_LATE, _EARLY = -61, 62
_WRONG: dict[str, dict[str, Any]] = {
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "a long id": {"jti": "x" * 257},
    "an id that is a number": {"jti": 7},
    "another method": {"htm": "POST"},
    "no method": {"htm": None},
    "another path": {"htu": "http://access.test/access/v1/accounts"},
    "another host": {"htu": "http://evil.example.org/access/v1/me"},
    "another scheme": {"htu": "https://access.test/access/v1/me"},
    "no address": {"htu": None},
    "an address that is a list": {"htu": ["http://access.test/access/v1/me"]},
    "another token": {"ath": "x" * 43},
    "no token": {"ath": None},
    "too old": {"iat": _LATE},
    "of the future": {"iat": _EARLY},
    "no time": {"iat": None},
    "a time that is a text": {"iat": "now"},
    "another type": {"header": {"typ": "JWT"}},
    "no key": {"header": {"jwk": None}},
    "a key of another curve": {"header": {"jwk": ECKey.generate_key("P-384").as_dict(private=False)}},
    "a private key": {"header": {"jwk": ECKey.generate_key("P-256").as_dict(private=True)}},
    "the key of somebody else": {"header": {"jwk": ECKey.generate_key("P-256").as_dict(private=False)}},
    "signed by another key": {"key": ECKey.generate_key("P-256")},
    "a secret": {"header": {"alg": "HS256"}, "key": OctKey.generate_key(256)},
    "a link to keys": {"header": {"jku": "https://evil.example.org/keys"}},
    "an extension": {"header": {"crit": ["b64"], "b64": True}},
}


@pytest.mark.parametrize("fault", _WRONG)
async def test_a_proof_that_proves_nothing_is_refused(fault: str, prover: Prover, credentials: dict[str, str]) -> None:
    token, changed = await _bound(prover, credentials), dict(_WRONG[fault])
    if isinstance(changed.get("iat"), int):
        changed["iat"] += int(time.time())
    refused = await prover.call(token, **changed)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_dpop_proof"), refused.text


@pytest.mark.parametrize("proof", ["x", "a.b.c", "e30.e30.e30", "x" * 5000, "é"])
async def test_what_is_no_proof_is_refused(proof: str, prover: Prover, credentials: dict[str, str]) -> None:
    token = await _bound(prover, credentials)
    headers = {"Authorization": f"DPoP {token}".encode(), "DPoP": proof.encode()}
    refused = await prover.http.get(ME, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_dpop_proof")


async def test_a_proof_is_used_once(prover: Prover, credentials: dict[str, str]) -> None:
    token = await _bound(prover, credentials)
    headers = {"Authorization": f"DPoP {token}", "DPoP": prover.proof("GET", ME, token)}
    assert (await prover.http.get(ME, headers=headers)).status_code == 200
    again = await prover.http.get(ME, headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, "invalid_dpop_proof")
    asked = {"DPoP": prover.proof("POST", TOKEN)}
    assert (await prover.http.post(TOKEN, data=credentials, headers=asked)).status_code == 200
    replayed = await prover.http.post(TOKEN, data=credentials, headers=asked)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_nonce_is_of_us_and_of_five_minutes(
    prover: Prover, credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await _bound(prover, credentials)
    for nonce in ("", "x" * 22, None):
        needed = await prover.call(token, nonce=nonce)
        assert (needed.status_code, needed.json()["code"]) == (401, "use_dpop_nonce")
        assert needed.headers["dpop-nonce"]
        assert 'error="use_dpop_nonce"' in needed.headers["www-authenticate"]
    at = time.time()
    for passed, status in ((proofs.NONCE_LIFE, 200), (2 * proofs.NONCE_LIFE, 401)):
        monkeypatch.setattr(proofs, "time", SimpleNamespace(time=lambda passed=passed: at + passed))
        assert (await prover.call(token, iat=int(at + passed))).status_code == status


async def test_the_token_endpoint_asks_for_a_nonce_and_refuses_wrong_proofs(
    caller: Caller, credentials: dict[str, str]
) -> None:
    prover = Prover(caller.http)
    first = await caller.http.post(TOKEN, data=credentials, headers={"DPoP": prover.proof("POST", TOKEN)})
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    prover.nonce = first.headers["dpop-nonce"]
    wrong = await prover.ask(credentials, htm="GET")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_dpop_proof")
    assert (await caller.http.post(TOKEN, data=credentials, headers={"DPoP": "x"})).status_code == 400


async def test_every_token_of_a_client_is_bound_where_it_says_so(caller: Caller, prover: Prover) -> None:
    site = await a_site(caller, public=False, secret=True, dpop_bound=True)
    form = {"grant_type": "client_credentials", "client_id": site.client_id, "client_secret": str(site.secret)}
    refused = await caller.http.post(TOKEN, data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert (await prover.ask(form)).json()["token_type"] == "DPoP"
    path = f"/clients/{site.record['id']}"
    changed = await caller.send("admin", "PATCH", path, {"dpop_bound": False}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["dpop_bound"]) == (200, False)
    assert (await caller.http.post(TOKEN, data=form)).status_code == 200


async def test_the_session_of_a_public_client_is_bound_to_the_key(caller: Caller, prover: Prover) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    form = {
        "grant_type": "authorization_code",
        "code": await site.code(visitor),
        "redirect_uri": site.back,
        "code_verifier": site.verifier,
        "client_id": site.client_id,
    }
    tokens = (await prover.ask(form)).json()
    assert tokens["token_type"] == "DPoP"
    assert (await prover.call(tokens["access_token"])).json()["principal"]["kind"] == "account"
    assert (await site.renew(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": site.client_id}
    other = Prover(caller.http)
    other.nonce = prover.nonce
    assert (await other.ask(renewal)).json()["error"] == "invalid_grant"
    assert (await prover.ask(renewal)).json()["token_type"] == "DPoP"


@pytest.mark.parametrize("proves", [True, False])
async def test_a_code_that_was_asked_for_a_key_is_for_that_key(caller: Caller, prover: Prover, proves: bool) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    code = await site.code(visitor, dpop_jkt=prover.key.thumbprint())
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": site.back,
        "code_verifier": site.verifier,
        "client_id": site.client_id,
    }
    response = await prover.ask(form) if proves else await caller.http.post(TOKEN, data=form)
    assert response.status_code == (200 if proves else 400)


async def test_a_bound_token_is_introspected_and_revoked(
    caller: Caller, prover: Prover, credentials: dict[str, str]
) -> None:
    token = await _bound(prover, credentials)
    shown = {name: credentials[name] for name in ("client_id", "client_secret")}
    found = (await caller.http.post("/access/v1/oauth/introspect", data={"token": token, **shown})).json()
    assert (found["active"], found["token_type"]) == (True, "DPoP")
    assert found["cnf"] == {"jkt": prover.key.thumbprint()}
    await caller.http.post("/access/v1/oauth/revoke", data={"token": token, **shown})
    gone = (await caller.http.post("/access/v1/oauth/introspect", data={"token": token, **shown})).json()
    assert gone == {"active": False}


async def test_the_metadata_say_how_proofs_are_signed(caller: Caller) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-protected-resource"):
        assert (await caller.http.get(path)).json()["dpop_signing_alg_values_supported"] == ["ES256"]
