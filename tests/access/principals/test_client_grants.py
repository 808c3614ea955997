"""How a client gets tokens: by people who sign in to it, for itself, or both."""

import pytest

from tests.access.caller import Caller
from tests.access.signing_in.walking import a_site, a_visitor
from tests.support.signing_in import Site, answer_of

_BY_PEOPLE, _FOR_ITSELF = "authorization_code", "client_credentials"


async def _for_itself(caller: Caller, site: Site) -> tuple[int, str | None]:
    response = await caller.client_token(site.client_id, str(site.secret))
    return response.status_code, response.json().get("error")


async def test_a_frontend_that_people_sign_in_to_gets_no_token_for_itself(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, public=False, secret=True, grants=[_BY_PEOPLE])
    assert await _for_itself(caller, site) == (400, "unauthorized_client")
    assert (await site.tokens(visitor))["access_token"]


async def test_nobody_signs_in_to_a_program_for_itself(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, public=False, secret=True, grants=[_FOR_ITSELF])
    await visitor.come()
    assert answer_of(await visitor.get(site.address()))["error"] == "unauthorized_client"
    form = {**site.asked, "client_secret": str(site.secret)}
    pushed = await caller.http.post("/access/v1/oauth/par", data=form)
    assert (pushed.status_code, pushed.json()["error"]) == (400, "unauthorized_client")
    assert await _for_itself(caller, site) == (200, None)


async def test_what_is_taken_away_ends_for_codes_and_sessions_that_exist(caller: Caller) -> None:
    visitor, site = await a_visitor(caller), await a_site(caller, public=False, secret=True)
    assert site.record["grants"] == [_BY_PEOPLE, _FOR_ITSELF]
    tokens, code = await site.tokens(visitor), await site.code(visitor)
    path = f"/clients/{site.record['id']}"
    changed = await caller.send("admin", "PATCH", path, {"grants": [_FOR_ITSELF]}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["grants"]) == (200, [_FOR_ITSELF])
    for refused in (await site.renew(tokens["refresh_token"]), await site.exchange(code)):
        assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    assert await _for_itself(caller, site) == (200, None)


async def test_people_sign_in_to_a_public_client_alone(caller: Caller) -> None:
    assert (await a_site(caller)).record["grants"] == [_BY_PEOPLE]
    body = {
        "name": "x",
        "scope_kind": "global",
        "resources": ["membership.*"],
        "verbs": ["read"],
        "public": True,
        "redirect_uris": ["https://desk.example.org/callback"],
        "grants": [_FOR_ITSELF],
    }
    refused = await caller.send("admin", "POST", "/clients", body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "public_client")


@pytest.mark.parametrize("grants", [[], ["password"], [_BY_PEOPLE, _FOR_ITSELF, _BY_PEOPLE]])
async def test_a_client_has_one_of_the_two_at_least(caller: Caller, grants: list[str]) -> None:
    body = {"name": "x", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"], "grants": grants}
    assert (await caller.send("admin", "POST", "/clients", body)).status_code == 422
