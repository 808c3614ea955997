"""Connecting an identity provider: bounds, the test, the second person, and what may change afterwards."""

import json
from typing import Any

import pytest

from tests.access.caller import Caller
from tests.access.federation.connecting import PROVIDERS, activate, body_of, connect, enter
from tests.support.providers import SECRET, FakeProvider


async def test_a_provider_is_tested_and_activated_by_a_second_person(caller: Caller, another: FakeProvider) -> None:
    record = await enter(caller, another, auth="secret", secret=SECRET, countries=["XA"])
    assert (record["status"], record["claims"]) == ("draft", {"subject": "sub", "email": "email", "name": "name"})
    assert SECRET not in json.dumps(record)
    assert "sealed" not in record
    link = record["links"]["self"]
    early = await caller.step("admin", link, "activate")
    assert (early.status_code, early.json()["reason"]) == (409, "not_in_this_state")
    assert (await caller.step("admin", link, "test")).json()["status"] == "tested"
    proposed = await caller.step("admin", link, "activate")
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    own = await caller.send("admin", "POST", place, {"decision": "confirm"})
    assert (own.status_code, own.json()["reason"]) == (403, "second_person_is_the_first")
    assert (await caller.send("admin2", "POST", place, {"decision": "confirm"})).json()["status"] == "active"
    path = link.removeprefix("/access/v1")
    assert (await caller.send("admin", "GET", path)).json()["status"] == "active"
    history = (await caller.send("admin", "GET", f"{path}/history")).text
    assert SECRET not in history


async def test_after_a_change_a_provider_needs_a_test_and_a_second_person_again(
    caller: Caller, another: FakeProvider
) -> None:
    connected = await connect(caller, another)
    path = connected.record["links"]["self"].removeprefix("/access/v1")

    async def patch(change: dict[str, Any]) -> Any:
        tag = (await caller.send("admin", "GET", path)).headers["etag"]
        return await caller.send("admin", "PATCH", path, change, **{"If-Match": tag})

    titled = await patch({"titles": {"en": "Ministry", "fr": "Ministère"}, "countries": ["XB"]})
    assert (titled.status_code, titled.json()["status"]) == (200, "active")
    for change in ({"domains": ["gov.example"]}, {"accounts": "anyone"}, {"levels": {"x": "2"}}, {"client_id": "x"}):
        refused = await patch(change)
        assert (refused.status_code, refused.json()["reason"]) == (409, "suspend_first"), change
    assert (await connected.step("suspend", reason="a change")).json()["status"] == "suspended"
    assert (await patch({"domains": ["gov.example"]})).json()["status"] == "draft"
    assert (await connected.step("reinstate")).status_code == 409
    assert (await connected.step("test")).json()["status"] == "tested"
    assert (await activate(caller, connected.record["links"]["self"])).status_code == 200
    assert (await connected.step("suspend", reason="again")).status_code == 200
    assert (await connected.step("reinstate")).json()["status"] == "active"
    assert (await connected.step("retire")).json()["status"] == "retired"
    assert (await patch({"titles": {"en": "x"}})).status_code == 409
    assert (await enter(caller, another))["status"] == "draft", "the issuer is free again"


_BAD: list[tuple[dict[str, Any], str]] = [
    ({"issuer": "https://169.254.169.254"}, "/issuer"),
    ({"issuer": "https://10.0.0.1"}, "/issuer"),
    ({"issuer": "http://id.gov.example"}, "/issuer"),
    ({"issuer": "https://id.gov.example/?x=1"}, "/issuer"),
    ({"issuer": "https://id.gov.example/#x"}, "/issuer"),
    ({"issuer": "https://user@id.gov.example"}, "/issuer"),
    ({"issuer": "https://id.gov.example:22"}, "/issuer"),
    ({"issuer": "ftp://id.gov.example"}, "/issuer"),
    ({"code": "Upper"}, "/code"),
    ({"code": "../x"}, "/code"),
    ({"domains": ["GOV.example"]}, "/domains/0"),
    ({"domains": ["*.gov.example"]}, "/domains/0"),
    ({"domains": ["example"]}, "/domains/0"),
    ({"domains": [f"d{n}.example" for n in range(21)]}, "/domains"),
    ({"auth": "secret"}, "/secret"),
    ({"auth": "none"}, "/auth"),
    ({"claims": {"subject": "email"}}, "/claims/subject"),
    ({"levels": {"mfa": "phr"}}, "/levels/mfa"),
    ({"accounts": "everybody"}, "/accounts"),
    ({"countries": ["ZZ"]}, "/countries/0"),
    ({"titles": {}}, "/titles"),
    ({"status": "active"}, "/status"),
    ({"sealed": "x"}, "/sealed"),
]


@pytest.mark.parametrize(("changed", "pointer"), _BAD, ids=[f"{one[1]} {n}" for n, one in enumerate(_BAD)])
async def test_a_provider_is_not_entered_with(
    caller: Caller, fake: FakeProvider, changed: dict[str, Any], pointer: str
) -> None:
    refused = await caller.send("admin", "POST", PROVIDERS, {**body_of(fake), **changed})
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]], refused.text


async def test_code_and_issuer_are_of_one_provider(caller: Caller, another: FakeProvider) -> None:
    first = await enter(caller, another)
    for taken in ({"code": first["code"], "issuer": "https://other.gov.example"}, {}):
        again = await caller.send("admin", "POST", PROVIDERS, body_of(another, **taken))
        assert again.status_code == 409, again.text


_UNUSABLE: dict[str, dict[str, Any]] = {
    "of another issuer": {"issuer": "https://id.gov.example"},
    "of an issuer with a slash": {"issuer": "/"},
    "without an endpoint": {"token_endpoint": None},
    "with an endpoint inside": {"token_endpoint": "https://10.0.0.1/token"},
    "with keys elsewhere by plain http": {"jwks_uri": "http://id.gov.example/keys"},
    "without codes": {"response_types_supported": ["token"]},
    "with symmetric signatures alone": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    "with plain PKCE alone": {"code_challenge_methods_supported": ["plain"]},
    "that takes no assertion": {"token_endpoint_auth_methods_supported": ["client_secret_basic"]},
}


@pytest.mark.parametrize("name", _UNUSABLE)
async def test_no_provider_passes_the_test(caller: Caller, another: FakeProvider, name: str) -> None:
    record = await enter(caller, another)
    another.discovery = _UNUSABLE[name]
    refused = await caller.step("admin", record["links"]["self"], "test")
    assert (refused.status_code, refused.json()["reason"]) == (409, "provider_not_usable"), refused.text
    state = await caller.send("admin", "GET", record["links"]["self"].removeprefix("/access/v1"))
    assert state.json()["status"] == "draft"


async def test_a_provider_that_is_away_or_sends_too_much_does_not_pass(caller: Caller, another: FakeProvider) -> None:
    link = (await enter(caller, another))["links"]["self"]
    document = "/.well-known/openid-configuration"
    for instead in ((500, b"{}"), (302, b""), (200, b"<html>"), (200, b" " * (257 << 10))):
        another.instead = {document: instead}
        away = await caller.step("admin", link, "test")
        assert (away.status_code, away.json()["code"]) == (503, "provider_unreachable"), instead[0]
        assert away.headers["retry-after"]
    another.instead, another.published = {}, []
    assert (await caller.step("admin", link, "test")).json()["reason"] == "provider_not_usable"


async def test_officers_do_not_know_of_providers(caller: Caller, another: FakeProvider) -> None:
    record = await enter(caller, another)
    path = record["links"]["self"].removeprefix("/access/v1")
    assert (await caller.send("officer", "GET", path)).status_code == 404
    assert (await caller.send("officer", "GET", PROVIDERS)).json()["items"] == []
    assert (await caller.send("officer", "POST", PROVIDERS, body_of(another))).status_code == 403
    assert (await caller.http.get(f"/access/v1{PROVIDERS}")).status_code == 401


async def test_an_operator_suspends_a_provider_and_an_administrator_alone_reinstates_it(
    caller: Caller, another: FakeProvider
) -> None:
    link = (await connect(caller, another)).record["links"]["self"]
    for action in ("retire", "test"):
        assert (await caller.step("operator", link, action, reason="no")).status_code == 403, action
    assert (await caller.step("operator", link, "suspend", reason="It signs strangers in.")).status_code == 200
    assert (await caller.step("operator", link, "reinstate")).status_code == 403
    assert (await caller.step("admin", link, "reinstate")).json()["status"] == "active"
    assert (await caller.send("operator", "POST", PROVIDERS, body_of(another))).status_code == 403
