"""Promise 20: the version in an ETag changes exactly with the record, its digest exactly with the response."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History

_TURNS = 60


async def test_equal_responses_have_equal_digests_and_other_responses_others(
    cluster: Cluster, history: History, chance: random.Random
):
    writer, other = cluster.client("first"), cluster.client("second")
    created = await writer.create(history.prefix, visibility="public")
    path = f"{EXPERTS}/{created.json()['id']}"
    nobody = cluster.client("second", caller=None)
    readers: dict[str, Callable[[], Awaitable[Any]]] = {
        "first": lambda: writer.get(path),
        "second": lambda: other.get(path),
        "some fields": lambda: other.get(path, fields="id,keywords"),
        "embedded": lambda: writer.get(path, include="affiliations"),
        "nobody": lambda: nobody.get(path),
    }
    bodies: dict[str, bytes] = {}
    digests: dict[bytes, str] = {}
    versions: set[str] = set()
    for _ in range(_TURNS):
        before = (await writer.get(path)).headers["etag"]
        is_change = await _do_something(writer, path, before, chance)
        after = await writer.get(path)
        version = after.headers["etag"].partition(".")[0]
        assert version == f'"{after.json()["version"]}'
        assert (version != before.partition(".")[0]) is is_change
        versions.add(version)
        for read in readers.values():
            response = await read()
            if response.status_code == 404:
                continue
            tag = response.headers["etag"]
            of_record, _, digest = tag.partition(".")
            assert of_record == version
            assert bodies.setdefault(digest, response.content) == response.content, tag
            assert digests.setdefault(response.content, digest) == digest, response.text
            again = await other.http.get(response.request.url, headers={"If-None-Match": tag})
            is_same = (await other.http.get(response.request.url)).content == response.content
            assert (again.status_code == 304) is is_same
    assert len(versions) > 10
    assert len(bodies) > len(versions)
    for client in (writer, other, nobody):
        await client.close()


async def _do_something(client: Client, path: str, etag: str, chance: random.Random) -> bool:
    """Performs one operation on the record or on others. Returns whether the record has changed."""
    present = (await client.get(path)).json()
    write = chance.choice(["change", "change", "same", "stale", "wrong", "beside", "visibility"])
    headers = {"If-Match": etag}
    if write == "change":
        patch: dict[str, Any] = {"keywords": [f"k{chance.randrange(1 << 30)}"]}
    elif write == "same":
        patch = {"keywords": present["keywords"]}
    elif write == "visibility":
        patch = {"visibility": chance.choice(["public", "network"])}
    elif write == "beside":
        assert (await client.create(f"Another{chance.randrange(1 << 30)}")).status_code == 201
        return False
    else:
        patch = {"colour": "green"} if write == "wrong" else {"keywords": ["stale"]}
        if write == "stale":
            headers = {"If-Match": '"0.00000000"'}
    response = await client.http.patch(path, json=patch, headers=headers)
    assert response.status_code == {"stale": 412, "wrong": 422}.get(write, 200), response.text
    return write == "change" or (write == "visibility" and patch["visibility"] != present["visibility"])
