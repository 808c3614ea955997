"""Promise 18: one effect per idempotency key."""

import asyncio

from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.support.waiting import eventually


async def test_of_fifty_parallel_duplicates_over_two_processes_one_is_executed(cluster: Cluster, history: History):
    mark, key = f"{history.prefix}one", f"{history.prefix}key"
    clients = [cluster.client("first"), cluster.client("second")]
    async with cluster.superuser() as connection:
        async with connection.transaction():
            await connection.execute("LOCK TABLE member_expert IN SHARE MODE")
            tries = [asyncio.create_task(clients[n % 2].create(mark, key)) for n in range(50)]
            await eventually(lambda: _done(tries, 49), within=4)
        responses = await asyncio.gather(*tries)
        for response in responses:
            history.note(mark, response)
        refused = [response for response in responses if response.status_code == 409]
        assert len(refused) == 49, history.statuses()
        assert {response.json()["code"] for response in refused} == {"request_in_progress"}
        assert all(int(response.headers["retry-after"]) >= 1 for response in refused)
        executed = next(response for response in responses if response.status_code == 201)
        assert "idempotency-replayed" not in executed.headers
        for client in clients:
            again = await client.create(mark, key)
            assert (again.status_code, again.content) == (201, executed.content)
            assert again.headers["idempotency-replayed"] == "true"
            assert again.headers["etag"] == executed.headers["etag"]
            history.note(mark, again)
            await client.close()
        assert await history.faults(connection) == []


async def _done(tries: list[asyncio.Task[object]], count: int) -> bool:
    return sum(each.done() for each in tries) >= count


async def test_a_process_killed_between_commit_and_response_leaves_one_effect_and_its_response(
    cluster: Cluster, history: History
):
    mark, key = f"{history.prefix}one", f"{history.prefix}key"
    async with cluster.superuser() as connection:
        first, second = cluster.client("first"), cluster.client("second")
        cluster.proxy.cut_commit("after", then=cluster.first.kill)
        assert await history.attempt(mark, first.create(mark, key)) == "unknown"
        assert not cluster.first.is_running
        again = await second.create(mark, key)
        assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        history.note(mark, again)
        other = await second.create(f"{mark}other", key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert await history.faults(connection) == []
        await asyncio.gather(first.close(), second.close())
