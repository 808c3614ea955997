"""A client's network is the address that the edge and a trusted proxy saw, not what a caller claims."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.edge.conftest import Edge
from tests.support.running import Client

ALLOWED, OTHER = "192.0.2.7", "203.0.113.9"
_CLAIMS = (
    {"X-Forwarded-For": ALLOWED},
    {"X-Forwarded-For": f"{ALLOWED}, {ALLOWED}"},
    {"X-Real-IP": ALLOWED},
    {"Forwarded": f"for={ALLOWED}"},
    {"True-Client-IP": ALLOWED, "X-Client-IP": ALLOWED, "CF-Connecting-IP": ALLOWED},
)


@pytest.fixture(scope="module")
def bound(running: dict[str, Any]) -> Iterator[dict[str, str]]:
    """A client restricted to 192.0.2.0/24: its id and secret."""
    secretariat = Client(running["base_url"], running["demo"]["clients"]["secretariat"])
    body = {"name": f"Bound {uuid4().hex}", "scope_kind": "country", "scope_id": "XA", "resources": ["membership.*"]}
    made = secretariat.create("/access/v1/clients", body | {"verbs": ["read"], "ip_allow": ["192.0.2.0/24"]})
    yield {"client_id": made["client_id"], "client_secret": made["secret"]}
    secretariat.close()


def _statuses(address: str, bound: dict[str, str], headers: dict[str, str], token: str) -> tuple[int, int]:
    """The statuses of requesting a token, and of using one."""
    form = {"grant_type": "client_credentials", **bound}
    with httpx.Client(base_url=address, headers=headers, trust_env=False) as http:
        asked = http.post("/access/v1/oauth/token", data=form)
        used = http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})
    return asked.status_code, used.status_code


@pytest.fixture(scope="module")
def behind(edge: Edge) -> str:
    """The edge behind a proxy of a private network that terminates TLS."""
    return edge(True)


@pytest.fixture(scope="module")
def token(behind: str, bound: dict[str, str]) -> str:
    form = {"grant_type": "client_credentials", **bound}
    response = httpx.post(
        f"{behind}/access/v1/oauth/token", data=form, headers={"X-Forwarded-For": ALLOWED}, trust_env=False
    )
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


def test_the_address_is_the_one_that_the_proxy_before_the_edge_has_seen(
    behind: str, bound: dict[str, str], token: str
) -> None:
    assert _statuses(behind, bound, {"X-Forwarded-For": ALLOWED}, token) == (200, 200)
    assert _statuses(behind, bound, {"X-Forwarded-For": OTHER}, token) == (401, 401)


def test_what_the_caller_put_before_that_address_is_not_believed(
    behind: str, bound: dict[str, str], token: str
) -> None:
    for claimed in (f"{ALLOWED}, {OTHER}", f"{ALLOWED}, 10.0.0.9, {OTHER}", f"{ALLOWED}, nonsense, {OTHER}"):
        assert _statuses(behind, bound, {"X-Forwarded-For": claimed}, token) == (401, 401), claimed


def test_a_caller_from_outside_claims_an_address_in_vain(edge: Edge, bound: dict[str, str], token: str) -> None:
    outside = edge(False)
    for claims in _CLAIMS:
        assert _statuses(outside, bound, claims, token) == (401, 401), claims
