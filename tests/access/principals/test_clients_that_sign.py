"""Clients that sign: with one key and the next, and as the only new ones of an installation."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import Result
from joserfc import jws
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from deploy.cli.main import app as commands
from services.access.app import create_app
from services.access.settings import AccessSettings
from tests.access.caller import TOKEN, Caller
from tests.support.inside import Inside

_ORIGIN = "http://access.test"
_CLIENT = {
    "name": "Ministry that signs",
    "scope_kind": "country",
    "scope_id": "XA",
    "resources": ["membership.experts"],
    "verbs": ["read"],
}


@pytest.fixture
async def signing(settings: AccessSettings, demo: dict[str, Any], database_url: str) -> AsyncIterator[Caller]:
    """An installation whose new clients sign, as in production."""
    application = create_app(settings.model_copy(update={"client_secrets": False}))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=Inside(application), base_url=_ORIGIN) as http,
    ):
        yield Caller(http, demo, database_url)


def _public(name: str, key: ECKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": name}


async def _signed_in(caller: Caller, client_id: str, name: str, key: ECKey) -> int:
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": _ORIGIN, "iat": now, "exp": now + 60, "jti": uuid4().hex}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jws.serialize_compact({"alg": "ES256", "kid": name}, json.dumps(claims), key, ["ES256"]),
    }
    return (await caller.http.post(TOKEN, data=form)).status_code


async def test_two_keys_work_until_the_older_is_removed(caller: Caller) -> None:
    older, newer = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    made = await caller.send("admin", "POST", "/clients", {**_CLIENT, "jwks": {"keys": [_public("one", older)]}})
    path, client_id = f"/clients/{made.json()['id']}", made.json()["client_id"]
    both = [_public("one", older), _public("two", newer)]
    for keys, statuses in ((both, [200, 200]), (both[1:], [401, 200])):
        tag = (await caller.send("admin", "GET", path)).headers["etag"]
        changed = await caller.send("admin", "PATCH", path, {"jwks": {"keys": keys}}, **{"If-Match": tag})
        assert changed.status_code == 200, changed.text
        assert [await _signed_in(caller, client_id, *each) for each in (("one", older), ("two", newer))] == statuses


async def test_new_clients_sign_and_those_of_before_renew_their_secret(caller: Caller, signing: Caller) -> None:
    of_before = (await caller.send("admin", "POST", "/clients", _CLIENT)).json()
    for body in (_CLIENT, {**_CLIENT, "secret": True}):
        refused = await signing.send("admin", "POST", "/clients", body)
        (fault,) = refused.json()["errors"]
        assert (refused.status_code, fault["pointer"], fault["code"]) == (422, "/jwks", "keys_required")
    key = ECKey.generate_key("P-256")
    made = await signing.send("admin", "POST", "/clients", {**_CLIENT, "jwks": {"keys": [_public("one", key)]}})
    assert (made.status_code, made.json()["secret"]) == (201, None)
    public = {**_CLIENT, "public": True, "redirect_uris": ["https://desk.example.org/callback"]}
    assert (await signing.send("admin", "POST", "/clients", public)).status_code == 201
    refused = await signing.send("admin", "POST", f"/clients/{made.json()['id']}/secrets")
    assert (refused.status_code, refused.json()["reason"]) == (409, "client_signs")
    assert (await signing.send("admin", "POST", f"/clients/{of_before['id']}/secrets")).status_code == 201
    assert (await signing.client_token(of_before["client_id"], of_before["secret"])).status_code == 200


def test_production_gives_no_secrets_unless_its_operator_says_so() -> None:
    plain = AccessSettings(environment="laptop")
    production = plain.model_copy(update={"environment": "production"})
    assert (plain.gives_secrets, production.gives_secrets) == (True, False)
    assert production.model_copy(update={"client_secrets": True}).gives_secrets


async def test_the_command_makes_a_client_that_signs(caller: Caller, database_url: str, tmp_path: Path) -> None:
    key, file, name = ECKey.generate_key("P-256"), tmp_path / "keys.json", f"Ministry {uuid4().hex}"

    async def made() -> Result:
        env = {"DATABASE_URL": database_url, "ESCM_ACCESS_CLIENT_SECRETS": "false"}
        arguments = ["client", "create", name, *(["--keys", str(file)] if file.exists() else [])]
        return await asyncio.to_thread(CliRunner().invoke, commands, arguments, env=env)

    refused = await made()
    assert (refused.exit_code, "give public keys" in refused.output) == (1, True), refused.output
    file.write_text(json.dumps({"keys": [key.as_dict(private=True)]}))
    assert (await made()).exit_code == 2, "a private key is not taken"
    file.write_text(json.dumps({"keys": [_public("one", key)]}))
    shown = await made()
    assert (shown.exit_code, shown.output.count("\n"), "secret" in shown.output) == (0, 1, False), shown.output
    assert await _signed_in(caller, shown.output.strip().removeprefix("client_id="), "one", key) == 200
