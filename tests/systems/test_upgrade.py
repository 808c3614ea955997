"""This release finds, migrates in place and uses data of an earlier release."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.backup.archive import Reader
from deploy.backup.catalogue import connect
from deploy.backup.loading import load
from deploy.local.folder import PROJECT
from migrations.run import migrate
from shared.configuration.settings import DEVELOPMENT_SECRET, Settings
from tests.support.databases import checksums
from tests.support.running import Client, system
from tests.support.waiting import eventually

_EARLIER = PROJECT / "tests/data/backup-0013_actions_governments.tar"
_CSV = PROJECT / "tests/data/experts-ipcc-ar1-ar3.csv"
_EXPERTS = "/membership/v1/experts"


@pytest.fixture
def earlier(test_servers: dict[str, str], worker_number: int) -> str:
    """A database of the earlier release."""
    name = f"escm_test_{worker_number}_earlier"
    url = test_servers["postgres"] + name

    async def make() -> None:
        connection = await asyncpg.connect(f"{test_servers['postgres']}postgres")
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        await connection.close()
        with _EARLIER.open("rb") as file, Reader(file) as backup:
            await migrate(url, revision=backup.manifest.revision)
            connection = await connect(url)
            await load(connection, f"{Settings().role_prefix}_owner", backup, lambda _what, _size: lambda _done: None)
            await connection.close()

    asyncio.run(make())
    return url


_OF_DEMO = 294
"""The experts of the demo that were not in that of the earlier release."""
_OWN = {"access_client": 2}
"""The clients of the installation itself: its command line and its page."""


def test_the_migrations_since_then_lose_no_row(earlier: str) -> None:
    before = asyncio.run(checksums(earlier))
    asyncio.run(migrate(earlier))
    after = asyncio.run(checksums(earlier))
    assert {name: after[name][0] - count for name, (count, _) in before.items() if after[name][0] != count} == _OWN
    assert after["core_audit_link"][0] == before["core_audit"][0]


def test_this_release_starts_on_the_data_and_works_on(earlier: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": earlier, "ESCM_ROLE_PASSWORD": DEVELOPMENT_SECRET}
    with system(**settings) as (described, _):
        client = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
        assert client.get("/membership/v1/statistics")["total"] == 184 + _OF_DEMO
        made = client.create(_EXPERTS, {"names": [{"given": "Late", "family": "Comer"}], "country": "XA"})
        assert made["ref"] == f"EXP-{184 + _OF_DEMO + 1:06}"
        (expert,) = client.get(_EXPERTS, q="Diallo")["items"]
        path = f"{_EXPERTS}/{expert['id']}"
        assert (expert["ref"], expert["version"], expert["keywords"]) == ("EXP-000184", 2, ["lakes"])
        assert client.change(path, {"keywords": ["rivers"]})["version"] == 3
        assert len(client.get(f"{path}/history")["items"]) == 3
        counts = client.upload("/membership/v1/imports", _CSV, resource="experts")["result"]["counts"]
        assert counts == {"created": 0, "updated": 0, "unchanged": 175, "failed": 29}
        asyncio.run(_sequenced(earlier, made["id"]))
        client.close()


async def _sequenced(url: str, subject: Any) -> None:
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT count(*) FROM escm.core_fact WHERE subject = $1"
        await eventually(lambda: connection.fetchval(query, subject), within=10)
    finally:
        await connection.close()
