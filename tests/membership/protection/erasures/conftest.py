"""All services with their workers over a separate database, and a person about whom each of them stores something."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.settings import AccessSettings
from services.access.worker import create_worker as access_worker
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker as actions_worker
from services.centres.settings import CentresSettings
from services.centres.worker import create_worker as centres_worker
from services.membership.protection.erasures import operations
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker as membership_worker
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel import clock
from shared.messaging.relay import Relay
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.membership import EXPERTS, activated
from tests.support.principals import enter_callers, enter_principal
from tests.support.services import Services, open_services
from tests.support.waiting import eventually
from tests.support.workers import at_work

ERASURES = "/membership/v1/erasures"
_WORKERS: tuple[tuple[Any, Any], ...] = (
    (membership_worker, MembershipSettings),
    (centres_worker, CentresSettings),
    (actions_worker, ActionsSettings),
    (access_worker, AccessSettings),
)


class Person:
    """An active expert with an account, whose fields contain `word`."""

    def __init__(self, caller: Caller, record: dict[str, Any], word: str, account: UUID) -> None:
        self.caller, self.word, self.account = caller, word, account
        self.id: str = record["id"]
        self.path = f"{EXPERTS}/{self.id}"

    @property
    def address(self) -> str:
        return f"{self.word}@example.org"


_APPLIED = """
INSERT INTO core_schedule (name, tick, job)
VALUES ('membership.apply_retention_rules', now() + interval '2 days', uuidv7())
"""


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database in which only tests apply retention rules, not the schedule of the worker."""
    url = database_named("erasures")
    asyncio.run(enter_callers(url))
    asyncio.run(_apply_no_rules(url))
    return url


async def _apply_no_rules(url: str) -> None:
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    await connection.execute(_APPLIED)
    await connection.close()


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    return new_queue()


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="package")
async def services(database_url: str, redis_url: str, storage: Path) -> AsyncIterator[Services]:
    """The apps, while their workers and the relay run."""
    urls: dict[str, Any] = {"database_url": database_url, "redis_url": redis_url, "storage_path": storage}
    async with AsyncExitStack() as stack:
        found, _ = await stack.enter_async_context(open_services(**urls))
        processes: list[Any] = [create(settings(**urls)) for create, settings in _WORKERS]
        processes.append(Relay(MembershipSettings(**urls), grace=0.5, lease=2.0, backoff=0.05))
        async with at_work(*processes):
            yield found


@pytest.fixture
def membership(services: Services) -> httpx.AsyncClient:
    return services["membership"]


@pytest.fixture
def to(services: Services) -> Callable[..., Caller]:
    """A caller of a service by name."""
    return lambda service, name="admin": Caller(services[service], name)


@pytest.fixture
async def database(database_url: str, redis_url: str) -> AsyncIterator[Database]:
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url)
    opened = await Database.open(settings.database_dsn(), size=3)
    yield opened
    await opened.close()


@pytest.fixture
async def someone(
    membership: httpx.AsyncClient, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Makes a person."""

    async def make(**fields: Any) -> Person:
        word = f"canary{uuid4().hex[:12]}"
        given: dict[str, Any] = {
            "names": [{"given": f"Given{word}", "family": f"Family{word}"}],
            "emails": [{"value": f"{word}@example.org"}],
            "keywords": [f"keyword {word}"],
            "biography": {"en": f"Lives as {word}."},
            "visibility": "public",
            **fields,
        }
        record = await activated(Caller(membership, "admin"), **given)
        name = f"{word}@example.org"
        principal = person(name, grant("expert", "self", record["id"]))
        monkeypatch.setitem(CALLERS, name, principal)  # type: ignore[arg-type]
        await enter_principal(superuser, principal)
        await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", record["id"], principal.id)
        assert principal.id is not None
        return Person(Caller(membership, name), record, word, principal.id)

    return make


@pytest.fixture
def run_due(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the schedule of erasures as of some days from now."""

    async def run(days: int = 15) -> None:
        later = timedelta(days=days)
        with monkeypatch.context() as moved:
            moved.setattr(operations, "now", lambda: clock.now() + later)
            moved.setattr(operations, "today", lambda: clock.today() + later)
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await operations.apply_scheduled(uow)

    return run


async def until_status(caller: Caller, path: str, status: str = "done") -> dict[str, Any]:
    """The erasure or job once it has the status."""

    async def has_status() -> dict[str, Any] | None:
        found: dict[str, Any] = (await caller.get(path)).json()
        return found if found["status"] == status else None

    return dict(await eventually(has_status))


async def requested(who: Person) -> str:
    """The address of the erasure that the person requests."""
    made = await who.caller.post(f"{who.path}/erasure", {"reason": f"Forget {who.word}"})
    assert (made.status_code, made.json()["status"]) == (201, "requested"), made.text
    return str(made.json()["links"]["self"])
