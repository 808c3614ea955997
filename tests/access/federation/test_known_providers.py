"""Documents and claims of Keycloak, authentik and ORCID, written down from their manuals: none has run here."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.access.caller import Caller
from tests.access.factors.persons import a_person
from tests.access.federation.connecting import PROVIDERS, connect
from tests.support.providers import SECRET, FakeProvider, signed

_FILES = Path(__file__).parents[2] / "data" / "identity_providers"
_WAYS: dict[str, tuple[str, dict[str, Any], str]] = {
    "keycloak": ("ES256", {}, "1"),
    "authentik": ("RS256", {"auth": "secret", "secret": SECRET, "levels": {"mfa": "2"}}, "2"),
}


async def test_orcid_links_a_person_who_is_signed_in(caller: Caller, another: FakeProvider) -> None:
    """It takes a secret in the form, says no address, and `amr` as a text. It opens no account."""
    known = json.loads((_FILES / "orcid.json").read_text())
    served = another.document
    endpoints = {key: served[key] for key in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")}
    another.discovery = {
        "authorization_response_iss_parameter_supported": False, **known["discovery"], **endpoints,
    }  # fmt: skip
    another.forge = lambda provider, claims: signed(claims, provider.keys["RS256"], "RS256")
    connected = await connect(caller, another, auth="secret", secret=SECRET, scopes=["openid"], accounts="anyone")
    claims = {**known["claims"], "auth_time": int(time.time())}
    subject = claims.pop("sub")
    refused = await connected.arrives(connected.visitor(), subject, **claims)
    assert refused.status_code == 403, refused.text
    assert [form["client_secret"] for form, _ in another.forms] == [SECRET]
    person = await a_person(caller)
    await person.visitor.come()
    await connected.links(person.visitor)
    (identity,) = (await person.send("GET", "/identities")).json()["items"]
    assert (identity["provider"], identity["email"]) == (connected.code, None)


async def test_a_new_provider_with_the_issuer_of_orcid_asks_for_what_orcid_has(caller: Caller) -> None:
    body = {"code": "orcid", "titles": {"en": "ORCID"}, "issuer": "https://orcid.org", "client_id": "APP-X"}
    made = (await caller.send("admin", "POST", PROVIDERS, {**body, "secret": SECRET})).json()
    assert (made["auth"], made["scopes"], made["accounts"]) == ("secret", ["openid"], "invited")
    without = await caller.send("admin", "POST", PROVIDERS, {**body, "code": "orcid-2"})
    assert [error["pointer"] for error in without.json()["errors"]] == ["/secret"]
    assert (await caller.step("admin", made["links"]["self"], "retire")).status_code == 200
    own = {**body, "code": "orcid-3", "auth": "private_key_jwt", "scopes": ["openid", "profile"]}
    made = (await caller.send("admin", "POST", PROVIDERS, own)).json()
    assert (made["auth"], made["scopes"]) == ("private_key_jwt", ["openid", "profile"])
    assert (await caller.step("admin", made["links"]["self"], "retire")).status_code == 200


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
