"""Documents and claims of Keycloak and authentik, written down from their manuals: neither has run here."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.access.caller import Caller
from tests.access.federation.connecting import connect
from tests.support.providers import SECRET, FakeProvider, signed

_FILES = Path(__file__).parents[2] / "data" / "identity_providers"
_WAYS: dict[str, tuple[str, dict[str, Any], str]] = {
    "keycloak": ("ES256", {}, "1"),
    "authentik": ("RS256", {"auth": "secret", "secret": SECRET, "levels": {"mfa": "2"}}, "2"),
}


@pytest.mark.parametrize("name", _WAYS)
async def test_its_documents_and_claims_sign_a_person_in(caller: Caller, another: FakeProvider, name: str) -> None:
    known = json.loads((_FILES / f"{name}.json").read_text())
    algorithm, fields, level = _WAYS[name]
    served = another.document
    endpoints = {key: served[key] for key in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")}
    another.discovery = {
        "authorization_response_iss_parameter_supported": False, **known["discovery"], **endpoints,
    }  # fmt: skip
    another.forge = lambda provider, claims: signed(claims, provider.keys[algorithm], algorithm)
    connected = await connect(caller, another, accounts="anyone", **fields)
    claims = {**known["claims"], "auth_time": int(time.time()), "email": f"{uuid4().hex}@example.org"}
    visitor = connected.visitor()
    page = await connected.signs_in(visitor, claims.pop("sub"), **claims)
    assert "Amina Khan" in page.text
    account = (await caller.send("admin", "GET", f"/accounts?email={claims['email']}")).json()["items"][0]
    (session,) = (await caller.send("admin", "GET", f"/sessions?account_id={account['id']}")).json()["items"]
    assert session["acr"] == level
    assert urlsplit(known["discovery"]["issuer"]).scheme == "https"
