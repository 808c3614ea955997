"""A process that is killed between a code and its token leaves no session or one, and no code that opens another
one."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.passwords import choose_password
from tests.support.signing_in import BACK, Site, Visitor
from tests.support.waiting import eventually

_PASSWORD = "a password of some length"
_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE '%access%'"


@dataclass
class SignInSystem:
    """An access API that may be killed, a person who is signed in, and a client of them."""

    process: Process
    http: httpx.AsyncClient
    visitor: Visitor
    site: Site
    database: asyncpg.Connection

    async def living(self) -> int:
        """The sessions of the client that live."""
        found: int = await self.database.fetchval(
            "SELECT count(*) FROM access_session WHERE client = $1 AND status = 'active'", UUID(self.site.record["id"])
        )
        return found

    async def exchange(self, code: str) -> int | None:
        """The status of a request for a token; None if the process died first."""
        try:
            return (await self.site.exchange(code)).status_code
        except httpx.TransportError:
            return None

    async def again(self) -> None:
        """Ends what lives, and the process runs."""
        await self.process.ensure()
        await self.database.execute("UPDATE access_session SET status = 'ended' WHERE client IS NOT NULL")


@pytest.fixture
async def system(cluster: Cluster) -> AsyncIterator[SignInSystem]:
    process, url = cluster.api("access", "access-codes")
    await process.start()
    database = await asyncpg.connect(cluster.database_url, server_settings={"search_path": "escm"})
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http:
        headers = {"Authorization": f"Bearer {cluster.tokens['secretariat']}"}

        async def make(path: str, **body: Any) -> dict[str, Any]:
            given = {**headers, "Idempotency-Key": uuid4().hex}
            response = await http.post(f"/access/v1/{path}", json=body, headers=given)
            assert response.status_code == 201, response.text
            return dict(response.json())

        email = f"{uuid4().hex}@example.org"
        await make("accounts", email=email, name="Somebody")
        await choose_password(cluster.database_url, email, _PASSWORD)
        record = await make(
            "clients", name="A frontend", scope_kind="global", resources=["membership.experts"], verbs=["read"],
            public=True, redirect_uris=[BACK],
        )  # fmt: skip
        visitor, site = Visitor(http, email, _PASSWORD), Site(http, record["client_id"], record)
        yield SignInSystem(process, http, visitor, site, database)
    await database.close()
    cluster.discard(process)


async def test_a_kill_before_the_commit_leaves_no_session_and_the_code_opens_one(system: SignInSystem) -> None:
    code = await system.site.code(system.visitor)
    async with system.database.transaction():
        await system.database.execute("LOCK TABLE access_session IN ACCESS EXCLUSIVE MODE")
        asked = asyncio.create_task(system.exchange(code))

        async def waits() -> bool:
            return bool(await system.database.fetchval(_WAITS))

        await eventually(waits)
        system.process.kill()
    assert await asked is None
    assert await system.living() == 0
    await system.process.start()
    assert await system.exchange(code) == 200
    assert await system.living() == 1
    assert await system.exchange(code) == 400
    assert await system.living() == 0


async def test_a_kill_after_the_commit_leaves_one_session_which_the_second_use_ends(system: SignInSystem) -> None:
    code = await system.site.code(system.visitor)
    asked = asyncio.create_task(system.exchange(code))

    async def is_given() -> bool:
        return await system.living() == 1

    await eventually(is_given)
    system.process.kill()
    await asked
    await system.process.start()
    assert await system.living() == 1
    assert await system.exchange(code) == 400
    assert await system.living() == 0


async def test_a_kill_at_any_instant_leaves_no_session_or_one(system: SignInSystem, chance: random.Random) -> None:
    for _ in range(5):
        code = await system.site.code(system.visitor)
        asked = asyncio.create_task(system.exchange(code))
        await asyncio.sleep(chance.random() * 0.05)
        system.process.kill()
        first = await asked
        left = await system.living()
        assert left in (0, 1), first
        assert first != 200 or left == 1
        await system.process.start()
        second = await system.exchange(code)
        assert (second, await system.living()) == ((400, 0) if left else (200, 1))
        await system.again()
