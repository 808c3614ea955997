"""Promise 27: row-level security applies without the application filter."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT, AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History

_COUNT = "SELECT count(*) FROM member_expert"
_TABLES = ("member_expert", "member_affiliation", "member_expert_value")


@pytest.fixture
async def rows(cluster: Cluster, history: History) -> dict[str, str]:
    """Ids of five experts in the state prospect, which nobody sees without a grant."""
    client, found = cluster.client("second"), {}
    for country, visibility in [("XA", "public"), ("XA", "network"), *[(c, "restricted") for c in ("XA", "XB", "XC")]]:
        name = f"{country} {visibility}"
        response = await client.create(
            f"{history.prefix}{name}", country=country, visibility=visibility, keywords=["k"]
        )
        assert response.status_code == 201, response.text
        found[name] = response.json()["id"]
    await client.close()
    return found


@pytest.fixture
async def without_app_filter(cluster: Cluster) -> AsyncIterator[str]:
    """The address of an API without the application filter."""
    process, url = cluster.server("without-app-filter", "tests.faults.without_app_filter")
    await process.start()
    yield url
    cluster.discard(process)


@pytest.fixture
async def pool(cluster: Cluster) -> AsyncIterator[Database]:
    """The service's own role on one connection."""
    database = await Database.open(MembershipSettings(database_url=cluster.database_url).database_dsn(), size=1)
    yield database
    await database.close()


async def _seen(client: Client, prefix: str, rows: dict[str, str]) -> tuple[set[str], set[str], set[str]]:
    """Which of the rows a caller finds by item, by list and by search."""
    items = {name for name, key in rows.items() if (await client.get(f"{EXPERTS}/{key}")).status_code == 200}
    by_list = await _listed(client)
    by_search = (await client.get(EXPERTS, q=prefix.rstrip("-"), limit=200)).json()["items"]
    lists = [
        {name for name, key in rows.items() if key in {item["id"] for item in found}} for found in (by_list, by_search)
    ]
    return items, lists[0], lists[1]


async def _listed(client: Client) -> list[dict[str, Any]]:
    """All that a caller sees: other tests leave experts behind, and anonymous callers cannot sort by date."""
    page = (await client.get(EXPERTS, limit=200)).json()
    found = list(page["items"])
    while page["next"]:
        page = (await client.get(page["next"])).json()
        found += page["items"]
    return found


async def test_without_the_filter_rows_stay_hidden(cluster: Cluster, history: History, rows, without_app_filter: str):
    granted = {"XA public", "XA network"}
    expected = {
        None: (set(), {"XA public"}),
        "government_xa": (granted | {"XA restricted"}, granted | {"XA restricted"}),
        "government_xb": ({"XB restricted"}, granted | {"XB restricted"}),
        "secretariat": (set(rows), set(rows)),
    }
    for caller, (whole, by_security_alone) in expected.items():
        client = cluster.client("second", caller)
        assert await _seen(client, history.prefix, rows) == (whole, whole, whole), caller
        await client.close()
        client = Client(without_app_filter, cluster.tokens[caller] if caller else None)
        assert await _seen(client, history.prefix, rows) == (by_security_alone,) * 3, caller
        await client.close()


async def test_without_the_filter_nothing_of_another_country_is_written(
    cluster: Cluster, rows, without_app_filter: str
):
    client = Client(without_app_filter, cluster.tokens["government_xb"])
    for name in ("XA restricted", "XA network", "XC restricted"):
        response = await client.http.patch(
            f"{EXPERTS}/{rows[name]}", json={"keywords": ["stolen"]}, headers={"If-Match": '"1.00000000"'}
        )
        assert response.status_code in (403, 404), response.text
    await client.close()
    async with cluster.superuser() as connection:
        assert await connection.fetchval(f"{_COUNT} WHERE 'stolen' = ANY(keywords)") == 0


async def test_without_a_context_there_are_no_rows(cluster: Cluster, rows, pool: Database):
    async with pool.acquire() as connection:
        for table in _TABLES:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"
        assert await connection.execute("UPDATE member_expert SET keywords = '{}'") == "UPDATE 0"
    async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
        assert await uow.connection.fetchval(_COUNT) >= len(rows)


async def test_a_connection_of_the_pool_keeps_no_context(rows, pool: Database):
    async def is_blind() -> bool:
        async with pool.acquire() as connection:
            return await connection.fetchval(_COUNT) == 0

    async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
        assert await uow.connection.fetchval(_COUNT) >= len(rows)
    assert await is_blind()
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(pool, SYSTEM_CONTEXT):
            raise ZeroDivisionError
    assert await is_blind()
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
            await uow.connection.fetch("SELECT 1/0")
    assert await is_blind()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), unit_of_work(pool, AccessContext("public,network,restricted")) as uow:
            await uow.connection.execute("SELECT pg_sleep(5)")
    assert await is_blind()


async def test_callers_of_one_pool_see_their_own_rows_only(cluster: Cluster, history: History, rows):
    clients = {caller: cluster.client("second", caller) for caller in ("secretariat", "government_xb", None)}

    async def count(caller: str | None) -> int:
        response = await clients[caller].get(EXPERTS, q=history.prefix.rstrip("-"), limit=200)
        return len(response.json()["items"])

    callers = [*clients] * 30
    found = await asyncio.gather(*(count(caller) for caller in callers))
    assert {caller: {n for c, n in zip(callers, found, strict=True) if c == caller} for caller in clients} == {
        "secretariat": {5},
        "government_xb": {1},
        None: {0},
    }
    for client in clients.values():
        await client.close()
