"""Failed authentications and rejections are counted and logged, without personal data."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.kernel.errors import RateLimited
from shared.web.edge.security_events import MOST_LOGGED, SecurityEvents
from tests.access.caller import TOKEN, Caller

EMAIL = "canary-4711@example.org"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def _counted(kind: str) -> float:
    return REGISTRY.get_sample_value("escm_security_events_total", {"service": "access", "kind": kind}) or 0.0


async def _refused(caller: Caller, kind: str) -> httpx.Response:
    if kind == "sign_in_failed":
        return await caller.log_in(EMAIL, "canary password")
    if kind == "client_refused":
        return await caller.client_token("canary-client", "canary-secret")
    if kind == "bad_token":
        return await caller.http.get("/access/v1/me", headers={"Authorization": "Bearer canary"})
    if kind == "forbidden":
        return await caller.send("expert", "POST", "/accounts", {"email": EMAIL, "name": "Canary"})
    email = f"{uuid4().hex}{EMAIL}"
    return [await caller.log_in(email, "canary password") for _ in range(7)][-1]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("sign_in_failed", 400), ("client_refused", 401), ("bad_token", 401), ("forbidden", 403), ("throttled", 429)],
)
async def test_a_refusal_is_counted_and_logged(caller: Caller, logged: list[Any], kind: str, status: int) -> None:
    await caller.token("expert")
    before = _counted(kind)
    assert (await _refused(caller, kind)).status_code == status
    assert _counted(kind) == before + 1
    events = [line for line in logged if line["event"] == "security_event" and line["kind"] == kind]
    assert len(events) == 1
    assert events[0]["principal"] == (f"account:{caller.account('expert')}" if kind == "forbidden" else None)
    assert len(events[0]["place"]) == 16
    assert "canary" not in str(logged).lower()


def test_a_flood_is_counted_whole_and_logged_in_part(logged: list[Any]) -> None:
    events = SecurityEvents("flooded", b"secret")
    for _ in range(10 * MOST_LOGGED):
        events.note({"client": ("192.0.2.1", 1)}, RateLimited("Too many."))
    counted = REGISTRY.get_sample_value("escm_security_events_total", {"service": "flooded", "kind": "throttled"})
    assert counted == 10 * MOST_LOGGED
    assert MOST_LOGGED <= len(logged) < 10 * MOST_LOGGED
    assert "192.0.2.1" not in str(logged)


async def test_a_response_without_a_refusal_is_no_event(caller: Caller, logged: list[Any]) -> None:
    assert (await caller.http.get("/access/v1/me")).status_code == 401
    assert (await caller.http.post(TOKEN, data={"grant_type": "x"})).status_code == 400
    assert (await caller.send("expert", "GET", f"/accounts/{uuid4()}")).status_code == 404
    assert [line for line in logged if line["event"] == "security_event"] == []
