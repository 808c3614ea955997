"""What a library needs is found, and an ID token holds what OpenID Connect asks for."""

import hashlib
import time
from base64 import urlsafe_b64encode
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from tests.access.caller import Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.signing_in import BACK, Site, Visitor

END_SESSION = "/access/v1/oauth/end_session"


async def _claims(http: httpx.AsyncClient, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set((await http.get("/.well-known/jwks.json")).json())
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


async def test_the_metadata_of_openid_and_oauth_are_one_document(caller: Caller) -> None:
    found = [
        (await caller.http.get(f"{prefix}/.well-known/{name}")).json()
        for prefix in ("", "/access/v1")
        for name in ("openid-configuration", "oauth-authorization-server")
    ]
    assert all(document == found[0] for document in found)
    whole = found[0]
    assert whole["code_challenge_methods_supported"] == ["S256"]
    assert whole["response_types_supported"] == ["code"]
    assert whole["id_token_signing_alg_values_supported"] == ["ES256"]
    assert whole["authorization_response_iss_parameter_supported"] is True
    for name in ("authorization", "token", "end_session", "revocation", "introspection"):
        path = whole[f"{name}_endpoint"].removeprefix("http://access.test")
        assert (await caller.http.request("OPTIONS", path)).status_code == 405, path


async def test_who_is_refused_learns_who_gives_tokens(caller: Caller) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        refused = await caller.http.get("/access/v1/me", headers=headers)
        assert refused.status_code == 401
        place = refused.headers["www-authenticate"].partition('resource_metadata="')[2].removesuffix('"')
        assert place == "http://access.test/.well-known/oauth-protected-resource"
        document = (await caller.http.get(place.removeprefix("http://access.test"))).json()
        assert (document["resource"], document["authorization_servers"]) == (
            "http://access.test",
            ["http://access.test"],
        )


async def test_an_id_token_says_who_signed_in_when_and_how(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller)
    before = int(time.time())
    tokens = await site.tokens(visitor, scope="openid")
    claims = await _claims(caller.http, tokens["id_token"])
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    assert (header["alg"], header["typ"]) == ("ES256", "JWT")
    account = (await caller.log_in(visitor.email, visitor.password)).json()["access_token"]
    me = (await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {account}"})).json()
    assert claims["sub"] == f"account:{me['principal']['id']}"
    assert (claims["iss"], claims["aud"], claims["nonce"]) == ("http://access.test", site.client_id, site.nonce)
    assert before <= claims["auth_time"] <= claims["iat"] < claims["exp"]
    assert (claims["acr"], claims["amr"]) == ("1", ["pwd"])
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()
    renewed = await _claims(caller.http, (await site.renew(tokens["refresh_token"])).json()["id_token"])
    assert (renewed["auth_time"], renewed["sid"]) == (claims["auth_time"], claims["sid"])
    assert "nonce" not in renewed
    assert "id_token" not in await site.tokens(visitor, scope="membership.experts:read")
    as_access = await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {tokens['id_token']}"})
    assert as_access.status_code == 401, "an ID token is no access token"


async def _signed_in(caller: Caller) -> tuple[Visitor, Site, dict[str, Any]]:
    visitor, site = (
        await a_visitor(caller),
        await a_site(caller, post_logout_redirect_uris=["https://desk.example.org/"]),
    )
    return visitor, site, await site.tokens(visitor, scope="openid")


async def test_a_client_signs_the_person_out_with_its_id_token(caller: Caller) -> None:
    visitor, site, tokens = await _signed_in(caller)
    query = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": "https://desk.example.org/",
        "state": "s",
    }
    left = await visitor.get(f"{END_SESSION}?{httpx.QueryParams(query)}")
    assert left.headers["location"] == "https://desk.example.org/?state=s"
    assert visitor.cookies == {}
    assert (await site.renew(tokens["refresh_token"])).status_code == 400
    assert 'name="password"' in (await visitor.follow(await visitor.get(site.address()))).text


async def test_a_link_alone_signs_nobody_out(caller: Caller) -> None:
    visitor, site, _ = await _signed_in(caller)
    asked = await visitor.get(f"{END_SESSION}?client_id={site.client_id}")
    assert asked.status_code == 200
    stranger, _, theirs = await _signed_in(caller)
    assert stranger.email != visitor.email
    hint = httpx.QueryParams({"id_token_hint": theirs["id_token"]})
    other = await visitor.get(f"{END_SESSION}?{hint}")
    assert other.status_code == 200, "the hint is about somebody else"
    assert visitor.cookies
    left = await visitor.fill(asked, {})
    assert (left.headers["location"], visitor.cookies) == ("/access/signed-out", {})
    assert (await visitor.get("/access/signed-out")).status_code == 200


async def test_signing_out_leads_to_registered_addresses_alone(caller: Caller) -> None:
    visitor, site, tokens = await _signed_in(caller)
    for address in ("https://evil.example.org/", "https://desk.example.org/other", BACK, "//evil.example.org"):
        for more in ({"id_token_hint": tokens["id_token"]}, {"client_id": site.client_id}, {}):
            query = httpx.QueryParams({"post_logout_redirect_uri": address, **more})
            refused = await visitor.get(f"{END_SESSION}?{query}")
            assert (refused.status_code, "location" in refused.headers) == (400, False)
    other = await a_site(caller)
    query = httpx.QueryParams({"id_token_hint": tokens["id_token"], "client_id": other.client_id})
    assert (await visitor.get(f"{END_SESSION}?{query}")).status_code == 400
    assert visitor.cookies


async def test_password_managers_find_the_account(caller: Caller) -> None:
    response = await caller.http.get("/.well-known/change-password")
    assert response.headers["location"] == "/access/account"
