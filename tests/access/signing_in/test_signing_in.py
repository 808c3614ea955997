"""A person signs in to a client by an authorization code with PKCE."""

from tests.access.caller import Caller
from tests.access.signing_in.walking import a_desk, a_visitor, told


async def _me(caller: Caller, token: str) -> dict:  # type: ignore[type-arg]
    response = await caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_person_signs_in_consents_and_is_sent_back_with_a_code(caller: Caller) -> None:
    visitor, desk = await a_visitor(caller), await a_desk(caller)
    page = await visitor.follow(await visitor.get(desk.address(scope="openid")))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Desk of a ministry" in page.text
    consent = await visitor.follow(await visitor.sign_in(page))
    assert "https://desk.example.org" in consent.text
    assert "Expert" in consent.text
    answer = told(await visitor.fill(consent, {"decision": "allow"}))
    assert (answer["state"], answer["iss"]) == (desk.state, "http://access.test")
    tokens = (await desk.exchange(answer["code"])).json()
    assert {"access_token", "refresh_token", "id_token"} <= tokens.keys()
    me = await _me(caller, tokens["access_token"])
    assert me["principal"]["kind"] == "account"
