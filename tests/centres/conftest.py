"""The centres app over HTTP next to the membership app, callers of both, and a superuser."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.centres.app import create_app
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from tests.support.callers import CALLERS, Caller, grant, person, serving
from tests.support.centres import Members
from tests.support.clock import Calendar, calendar
from tests.support.databases import as_superuser
from tests.support.register import Membership
from tests.support.reports import Record, ReportingCentre, asked, designated


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str) -> CentresSettings:
    return CentresSettings(database_url=database_url, redis_url=redis_url)


@pytest.fixture(scope="session")
async def centres(settings: CentresSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="session")
async def members(database_url: str, redis_url: str) -> AsyncIterator[Members]:
    """The membership service, in the same database."""
    app = create_membership(MembershipSettings(database_url=database_url, redis_url=redis_url))
    async with serving(app) as client:
        yield Members(Caller(client, "admin"))


@pytest.fixture(scope="session")
async def database(settings: CentresSettings) -> AsyncIterator[Database]:
    """The service's own database role, as in its worker."""
    opened = await Database.open(settings.database_dsn(), size=2)
    yield opened
    await opened.close()


@pytest.fixture
async def wide(settings: CentresSettings) -> AsyncIterator[Database]:
    """The service's own database role, on several connections."""
    opened = await Database.open(settings.database_dsn(), size=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Reads and writes every table, as other services do."""
    async with as_superuser(database_url, **{"escm.visibilities": "public,network,restricted"}) as connection:
        yield connection


@pytest.fixture
def caller(centres: httpx.AsyncClient) -> Callable[[str | None], Caller]:
    """A caller by name; None is anonymous."""
    return lambda name: Caller(centres, name)


@pytest.fixture
def entering(centres: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], Caller]:
    """Registers a person with one grant. Returns the caller."""

    def enter(role: str, scope_kind: str, scope_id: str) -> Caller:
        name = f"{role}-{uuid4()}"
        monkeypatch.setitem(CALLERS, name, person(name, grant(role, scope_kind, scope_id)))  # type: ignore[arg-type]
        return Caller(centres, name)

    return enter


@pytest.fixture
def admin(centres: httpx.AsyncClient) -> Caller:
    return Caller(centres, "admin")


@pytest.fixture
def secretariat(centres: httpx.AsyncClient) -> Caller:
    """The secretariat's API client, which can request every transition alone."""
    return Caller(centres, "secretariat")


@pytest.fixture
def anonymous(centres: httpx.AsyncClient) -> Caller:
    return Caller(centres, None)


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("centres")


@pytest.fixture
async def questions(admin: Caller) -> Record:
    """The questions in force."""
    return await asked(admin)


@pytest.fixture
async def centre(
    admin: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    questions: Record,
) -> ReportingCentre:
    """Designated two years ago for four years."""
    return await designated(admin, members, superuser, monkeypatch)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """The clock of the services, which the test moves ahead by days."""
    return calendar(monkeypatch)


@pytest.fixture
async def membership(superuser: asyncpg.Connection, database: Database) -> Membership:
    """The reactions of membership to facts of merges, from now on."""
    return await Membership.from_now(superuser, database)
