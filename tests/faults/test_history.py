"""The checker finds every kind of contradiction."""

import httpx

from tests.faults.cluster import Cluster
from tests.faults.history import History


async def test_each_contradiction_is_found(cluster: Cluster, history: History):
    client = cluster.client("second")
    responses = {name: await client.create(f"{history.prefix}{name}") for name in ("done", "failed", "open", "unasked")}
    twice = [await client.create(f"{history.prefix}twice") for _ in range(2)]
    await client.close()
    refused = httpx.Response(422)
    for name, outcome in (
        ("done", responses["done"]),
        ("failed", refused),
        ("open", httpx.ReadTimeout("")),
        ("lost", httpx.Response(201, json={"id": "0199"})),
        ("never", refused),
        ("unknown", httpx.Response(503)),
        ("twice", httpx.Response(503)),
        ("twice", twice[0]),
    ):
        history.note(f"{history.prefix}{name}", outcome)
    async with cluster.superuser() as connection:
        found = await history.faults(connection)
    assert sorted(fault.removeprefix(history.prefix) for fault in found) == [
        "failed: reported failed, 1 effects",
        "lost: reported done, 0 effects",
        "twice: reported done, 2 effects",
        "unasked: an effect that nobody asked for",
    ]
