"""What a library needs is found, and an ID token holds what OpenID Connect asks for."""

import hashlib
import time
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from pydantic import ValidationError

from services.access.app import create_app
from services.access.settings import AccessSettings
from tests.access.caller import TOKEN, Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.inside import Inside
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


async def test_without_the_grant_nobody_gets_tokens_for_a_password(
    settings: AccessSettings, demo: dict[str, Any], caller: Caller
) -> None:
    application = create_app(settings.model_copy(update={"password_grant": False}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=Inside(application), base_url="http://access.test") as http,
    ):
        admin = demo["accounts"]["admin"]
        form = {"grant_type": "password", "username": admin["username"], "password": admin["password"]}
        refused = await http.post(TOKEN, data=form)
        assert (refused.status_code, refused.json()["code"]) == (400, "unsupported_grant_type")
        found = (await http.get("/.well-known/openid-configuration")).json()["grant_types_supported"]
        assert found == ["authorization_code", "client_credentials", "refresh_token"]
        visitor = await a_visitor(caller)
        visitor.http = http
        assert await (await a_site(caller)).tokens(visitor), "people sign in on the page"


def test_a_password_is_taken_where_nobody_else_arrives() -> None:
    guarded = {
        "issuer": "https://escm.example.org",
        "secret_key": "kR7-long-and-random-enough",
        "role_password": "Zt4-long-and-random-enough",
        "database_url": "postgresql://escm:Pq8-long-and-random-enough@db:5432/escm",
        "redis_url": "redis://:Vw2-long-and-random-enough@valkey:6379/0",
    }
    production = {**guarded, "environment": "production", "fictional_countries": False, "smtp_url": "smtp://mail:25"}
    assert AccessSettings(environment="laptop").gives_tokens_for_passwords
    for values in ({**guarded, "environment": "sandbox"}, production):
        assert not AccessSettings(**values).gives_tokens_for_passwords
    assert AccessSettings(**guarded, environment="sandbox", password_grant=True).gives_tokens_for_passwords
    with pytest.raises(ValidationError, match="ESCM_ACCESS_PASSWORD_GRANT"):
        AccessSettings(**production, password_grant=True)


async def test_our_own_pages_are_reached_at_our_own_origin_alone(caller: Caller) -> None:
    visitor = await a_visitor(caller)
    await visitor.come()
    pages = Site(caller.http, "escm-pages", {}, back="http://access.test/account")
    tokens = await pages.tokens(visitor)
    assert tokens["scope"] == "*:read *:write"
    for back in ("/account", "http://evil.example.org/account", "http://access.test/account/x", "http://access.test"):
        assert (await visitor.get(pages.address(redirect_uri=back))).status_code == 400


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
