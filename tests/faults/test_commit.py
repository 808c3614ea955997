"""Promise 2: a failed COMMIT never has a 2xx response."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.problems import assert_problem

_REFUSE = """
CREATE FUNCTION refuse_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused at commit' USING ERRCODE = '{code}';
END $$;
CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON member_expert
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.names->0->>'family' LIKE '{prefix}%') EXECUTE FUNCTION refuse_at_commit();
"""


@asynccontextmanager
async def refusing_at_commit(cluster: Cluster, prefix: str, code: str) -> AsyncIterator[None]:
    """Prevents the commit of experts whose family name begins so."""
    async with cluster.superuser() as connection:
        await connection.execute(_REFUSE.format(prefix=prefix, code=code))
        try:
            yield
        finally:
            await connection.execute("DROP FUNCTION refuse_at_commit() CASCADE")


@pytest.mark.parametrize(
    ("code", "status"), [("23514", 500), ("P0001", 500), ("23505", 409), ("40001", 503), ("40P01", 503)]
)
async def test_a_constraint_that_fails_at_commit(cluster: Cluster, history: History, code: str, status: int):
    client, mark = cluster.client("second"), f"{history.prefix}one"
    async with refusing_at_commit(cluster, history.prefix, code):
        response = await client.create(mark, key=mark)
        assert response.status_code == status
        assert_problem(response)
        history.note(mark, response)
        async with cluster.superuser() as connection:
            assert await connection.fetchval("SELECT count(*) FROM member_expert WHERE display_name ~ $1", mark) == 0
    again = await client.create(mark, key=mark)
    assert again.status_code == 201, "a response of 400 or more frees the key"
    assert "idempotency-replayed" not in again.headers
    history.note(mark, again)
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []
    await client.close()


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
async def test_a_connection_cut_at_commit(cluster: Cluster, history: History, when: str, effects: int):
    client, mark, cut = cluster.client("first"), f"{history.prefix}one", cluster.proxy.commits_cut
    cluster.proxy.cut_commit(when)
    response = await client.create(mark, key=mark)
    assert cluster.proxy.commits_cut == cut + 1
    assert response.status_code == 503
    assert_problem(response)
    history.note(mark, response)
    async with cluster.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM member_expert WHERE display_name ~ $1", mark) == effects
        again = await client.create(mark, key=mark)
        assert again.status_code == 201
        assert ("idempotency-replayed" in again.headers) is bool(effects)
        history.note(mark, again)
        assert await history.faults(connection) == []
    await client.close()


async def test_connections_cut_at_any_byte(cluster: Cluster, history: History, chance):
    client = cluster.client("first")
    for number in range(40):
        mark = f"{history.prefix}{number}"
        cluster.proxy.cut_after = chance.randrange(200, 4000)
        await history.attempt(mark, client.create(mark, key=mark))
        cluster.proxy.reset()
    await cluster.proxy.heal()
    await asyncio.sleep(0.2)
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []
    assert history.statuses()["503"] > 5, history.statuses()
    assert not {status for status in history.statuses() if status.startswith("5")} - {"503"}, history.statuses()
    await client.close()
