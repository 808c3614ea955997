"""The membership app and its worker with a server that responds as ORCID does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from shared.kernel.identifiers import orcid_id, ror_id
from tests.support.callers import CALLERS, Caller, serving
from tests.support.membership import EXPERTS
from tests.support.orcid import CLIENT, SECRET, FakeOrcid, orcid_server
from tests.support.principals import enter_callers, enter_principal
from tests.support.workers import at_work, drop_jobs, without_relay

JOBS = "/membership/v1/jobs"


@dataclass
class Member:
    """A person with a record, and the iD that they sign in to ORCID with."""

    caller: Caller
    path: str
    orcid: str

    @property
    def key(self) -> str:
        return self.path.rpartition("/")[2]

    async def begin(self) -> str:
        """The address of ORCID's page."""
        begun = await self.caller.post(f"{self.path}/orcid_link")
        assert begun.status_code == 200, begun.text
        return str(begun.json()["authorize_url"])

    async def complete(self, body: dict[str, str]) -> httpx.Response:
        return await self.caller.post(f"{self.path}/orcid_link/complete", body)

    async def link(self, orcid: FakeOrcid) -> dict[str, Any]:
        """The record after the person linked their iD."""
        linked = await self.complete(orcid.sign_in(await self.begin(), self.orcid))
        assert linked.status_code == 200, linked.text
        return dict(linked.json())

    async def imported(self) -> dict[str, Any]:
        """The job of an import, after it ended."""
        return await self.ended(await self.caller.post(f"{self.path}/orcid_import"), self.caller)

    async def ended(self, ordered: httpx.Response, caller: Caller) -> dict[str, Any]:
        """The ordered job, after it ended."""
        assert ordered.status_code == 202, ordered.text
        for _ in range(600):
            job = (await caller.get(f"{JOBS}/{ordered.json()['id']}")).json()
            if job["status"] in ("succeeded", "failed"):
                return dict(job)
            await asyncio.sleep(0.1)
        raise AssertionError(job)

    async def affiliations(self) -> list[dict[str, Any]]:
        return list((await self.caller.get(f"{self.path}/affiliations")).json()["items"])


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database that only these tests write."""
    return database_named("orcid")


@pytest.fixture(scope="session")
async def orcid_running() -> AsyncIterator[FakeOrcid]:
    async with orcid_server() as fake:
        yield fake


@pytest.fixture
def orcid(orcid_running: FakeOrcid) -> FakeOrcid:
    """The server, without what an earlier test told it to respond."""
    orcid_running.instead = None
    orcid_running.asked.clear()
    return orcid_running


@pytest.fixture(scope="session")
def settings(
    database_url: str, redis_url: str, orcid_running: FakeOrcid, tmp_path_factory: pytest.TempPathFactory
) -> MembershipSettings:
    return MembershipSettings(
        database_url=database_url,
        redis_url=redis_url,
        storage_path=tmp_path_factory.mktemp("files"),
        issuer="https://escm.test",
        orcid_url=orcid_running.url,
        orcid_api_url=f"{orcid_running.url}/",
        orcid_client_id=CLIENT,
        orcid_client_secret=SECRET,
    )


@pytest.fixture(scope="session")
async def membership(settings: MembershipSettings) -> AsyncIterator[httpx.AsyncClient]:
    await enter_callers(settings.database_url)
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture
async def worker(settings: MembershipSettings) -> AsyncIterator[None]:
    """A worker that runs."""
    await drop_jobs(settings.database_url)
    async with at_work(without_relay(create_worker(settings))):
        yield


@pytest.fixture
def owner(
    member: Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]], superuser: asyncpg.Connection
) -> Callable[..., Awaitable[Member]]:
    """Makes an active expert who signs in, here and at ORCID."""

    async def make(**fields: Any) -> Member:
        fields.setdefault("emails", [{"value": f"{uuid4().hex}@example.org"}])
        caller, record = await member(**fields)
        await enter_principal(superuser, CALLERS[caller.name])
        return Member(caller, f"{EXPERTS}/{record['id']}", new_orcid())

    return make


def new_orcid() -> str:
    """An iD that no other test uses."""
    digits = f"{uuid4().int % 10**15:015d}"
    found = (orcid_id(digits + last) for last in "0123456789X")
    return next(one for one in found if one)


def new_ror() -> str:
    """A ROR id that no other test uses."""
    suffix = f"0{uuid4().int % 10**6:06d}"
    return next(one for check in range(100) if (one := ror_id(f"{suffix}{check:02d}")))
