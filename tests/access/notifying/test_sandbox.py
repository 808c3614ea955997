"""A sandbox sends samples of events, of fictional countries that the caller reads; elsewhere there is nothing."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from services.access.app import create_app
from services.access.notifying.sandbox.domain import country_for, resource_of
from services.access.settings import AccessSettings
from services.access.worker import create_worker
from shared.contracts.envelope import Fact
from shared.contracts.readers import entities
from shared.contracts.registry import FACTS
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.inbox import Inbox
from tests.access.caller import Caller
from tests.support.callers import CALLERS
from tests.support.inside import Inside

EVENTS = "/access/v1/sandbox/events"
DESIGNATED = "escm.centres.centre.designated.v1"
SAMPLED = sorted(name for name in FACTS if resource_of(name))
STRONG: dict[str, Any] = {
    "environment": "sandbox",
    "issuer": "https://sandbox.example.org",
    "secret_key": "kR7-long-and-random-enough",
    "role_password": "Zt4-long-and-random-enough",
    "database_url": "postgresql://escm:Pq8-long-and-random-enough@db:5432/escm",
    "redis_url": "redis://:Vw2-long-and-random-enough@valkey:6379/0",
}


@pytest.fixture(scope="module")
async def sandbox(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Access as a sandbox, with the secrets of the tests."""
    app = create_app(settings.model_copy(update={"environment": "sandbox"}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Inside(app), base_url="http://access.test") as client,
    ):
        yield client


async def _send(http: httpx.AsyncClient, caller: Caller, name: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await caller.token(name)}", "Idempotency-Key": uuid7().hex}
    return await http.post(EVENTS, json=body, headers=headers)


async def test_elsewhere_there_is_nothing(caller: Caller) -> None:
    for name in ("admin", "government_xa"):
        response = await caller.send(name, "POST", "/sandbox/events", {"type": DESIGNATED})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        response = await caller.send(name, "POST", "/sandbox/resets", {"country": "XA"})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert "reset_sandbox" not in create_worker()._jobs


async def test_a_sample_is_announced_once(sandbox: httpx.AsyncClient, caller: Caller, superuser: Any) -> None:
    sent = await _send(sandbox, caller, "government_xb", {"type": DESIGNATED})
    assert sent.status_code == 202, sent.text
    event = sent.json()
    assert (event["type"], event["source"], event["data"]["country"]) == (DESIGNATED, "/centres", "XB")
    assert event["data"]["link"] == f"/centres/v1/centres/{event['subject']}"
    (row,) = await superuser.fetch("SELECT * FROM core_outbox WHERE fact = $1::uuid", event["id"])
    assert (row["type"], str(row["subject"]), row["country"]) == (DESIGNATED, event["subject"], "XB")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("government_xa", {"type": "escm.centres.centre.unheard_of.v1"}, 422),
        ("government_xa", {"type": DESIGNATED, "country": "XB"}, 403),
        ("admin", {"type": DESIGNATED, "country": "PK"}, 403),
        ("government_xa", {}, 422),
        ("expert", {"type": DESIGNATED}, 403),
    ],
)
async def test_what_is_refused(
    sandbox: httpx.AsyncClient, caller: Caller, name: str, body: dict[str, Any], status: int
) -> None:
    response = await _send(sandbox, caller, name, body)
    assert response.status_code == status, response.text
    assert (await sandbox.post(EVENTS, json=body)).status_code == 401


async def test_sixty_a_minute(sandbox: httpx.AsyncClient, caller: Caller) -> None:
    statuses = [(await _send(sandbox, caller, "auditor", {"type": DESIGNATED})).status_code for _ in range(61)]
    assert statuses == [202] * 60 + [429]


def test_a_country_is_one_that_the_caller_reads() -> None:
    resource = entities()["centres.centre"]
    assert country_for(CALLERS["admin"], resource, None) == "XA"
    assert country_for(CALLERS["government_xb"], resource, None) == "XB"
    assert country_for(CALLERS["applicant"], resource, None) is None


@pytest.mark.parametrize("service", ["access", "membership", "centres", "actions"])
async def test_no_service_stumbles_over_a_sample(settings: AccessSettings, service: str) -> None:
    """Every type, about a record that does not exist, as the worker of the service gets it."""
    reactions = import_module(f"services.{service}.reactions").REACTIONS
    inbox = Inbox(f"samples-{service}", reactions)
    database = await Database.open(settings.database_dsn(service), size=1)
    facts = []
    for name in SAMPLED:
        subject, resource = uuid7(), str(resource_of(name)).split(".")
        link = f"/{resource[0]}/v1/{resource[1]}/{subject}"
        facts.append(Fact(type=name, subject=subject, ref="SAMPLE-1", version=1, country="XB", link=link))
    try:
        for fact in facts:
            if inbox.matching(fact.type):
                async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                    await inbox.react(uow, [fact])
    finally:
        await database.close()


def test_a_sandbox_starts_with_strong_secrets_and_fictional_countries() -> None:
    found = AccessSettings(**STRONG, smtp_url="smtp://mail.example.org")
    assert found.is_guarded
    assert found.smtp_url is None, "no mail leaves it"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"secret_key": "development-only"}, "ESCM_SECRET_KEY"),
        ({"role_password": "short"}, "ESCM_ROLE_PASSWORD"),
        ({"issuer": "http://localhost:8000"}, "ESCM_ISSUER"),
        ({"fictional_countries": False}, "ESCM_FICTIONAL_COUNTRIES"),
    ],
)
def test_a_sandbox_does_not_start_otherwise(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        AccessSettings(**{**STRONG, **given})
