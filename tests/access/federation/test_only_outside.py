"""Where people sign in at identity providers alone, nobody has, chooses or resets a password."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from services.access.app import create_app
from services.access.settings import AccessSettings
from tests.access.caller import TOKEN, Caller
from tests.access.federation.connecting import Connected
from tests.access.signing_in.walking import a_visitor
from tests.support.inside import Inside
from tests.support.signing_in import ACCOUNT, SIGN_IN, Visitor


@pytest.fixture
async def outside(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The same system without passwords of its own."""
    application = create_app(settings.model_copy(update={"local_passwords": False}))
    client = httpx.AsyncClient(transport=Inside(application), base_url=settings.issuer)
    async with application.router.lifespan_context(application), client:
        yield client


async def test_the_page_has_no_password_and_takes_none(
    caller: Caller, connected: Connected, outside: httpx.AsyncClient
) -> None:
    known = await a_visitor(caller)
    visitor = Visitor(outside, known.email, known.password)
    page = await visitor.get(SIGN_IN)
    assert 'name="password"' not in page.text
    assert connected.start in page.text
    answer = await visitor.sign_in(page)
    assert (answer.status_code, "No organisation" in answer.text) == (200, True)
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    form = {"grant_type": "password", "username": known.email, "password": known.password}
    assert (await outside.post(TOKEN, data=form)).json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("registration", {"email": "new@example.org", "name": "New Person"}),
        ("password_reset", {"email": "new@example.org"}),
        ("password_reset/confirm", {"token": "x", "password": "four words of somebody"}),
    ],
)
async def test_nobody_registers_or_resets(outside: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
    refused = await outside.post(f"/access/v1/accounts/{path}", json=body)
    assert (refused.status_code, refused.json()["reason"]) == (403, "local_passwords_off")


async def test_nobody_changes_a_password(caller: Caller, outside: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await caller.token('officer')}"}
    body = {"old_password": "x", "new_password": "four words of somebody"}
    refused = await outside.post("/access/v1/accounts/me/password", json=body, headers=headers)
    assert (refused.status_code, refused.json()["reason"]) == (403, "local_passwords_off")


async def test_people_sign_in_at_the_provider_and_keep_their_last_link(
    connected: Connected, outside: httpx.AsyncClient
) -> None:
    visitor, email = Visitor(outside, "", ""), f"{uuid4().hex}@example.org"
    page = await connected.signs_in(visitor, uuid4().hex, email=email, email_verified=True)
    assert "/account" not in page.text.partition("<main")[2].replace("/access/account", ""), "no other password"
    unlink = page.text.partition('value="unlink ')[2].partition('"')[0]
    refused = await visitor.fill(page, {"action": f"unlink {unlink}"})
    assert refused.status_code == 409
