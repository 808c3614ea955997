"""An archive restores the second before a mistaken deletion, or says which seconds it has."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.bulk.erased import ErasedIds
from tests.support.documents import agrees, commands_of, run_escm, shown_in
from tests.support.folders import reachable_folder
from tests.support.running import Client, eventually, system

_EXPERTS = "/membership/v1/experts"
_ARCHIVED = "SELECT last_archived_wal >= $1 FROM pg_stat_archiver"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the account of the embedded servers can reach."""
    folder = reachable_folder("escm-archive-")
    yield folder
    shutil.rmtree(folder)


def test_the_second_before_a_deletion_is_restored(place: Path) -> None:
    take, restore = commands_of("operations.md", "Point in time")
    settings = {"ESCM_LOCAL_ARCHIVE": str(place / "archive")}
    began = datetime.now(UTC)
    with system(**settings) as (described, state):
        settings["ESCM_LOCAL_FOLDER"] = str(state)

        def run(command: str) -> tuple[int, str]:
            return run_escm(command, place, **settings)

        def restored_until(moment: datetime, new: str = "restored") -> tuple[int, str]:
            command = restore.replace("2026-11-29T08:20:05Z", f"{moment:%Y-%m-%dT%H:%M:%SZ}")
            return run(command.replace(" restored ", f" {new} "))

        client = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
        assert restored_until(began)[0] == 1
        status, said = run(take)
        assert (status, agrees(shown_in("operations.md", "Point in time")[0], said)) == (0, True), said
        expert = client.create(_EXPERTS, {"names": [{"given": "Amina", "family": "Deleted"}], "country": "XA"})
        erased = client.create(_EXPERTS, {"names": [{"given": "Amina", "family": "Erased"}], "country": "XA"})
        ErasedIds(state / "files").add([UUID(erased["id"])])
        before = datetime.now(UTC) + timedelta(seconds=1)
        _wait_until(before + timedelta(seconds=1))
        asyncio.run(_delete_and_archive(described["database_url"]))
        assert client.look(f"{_EXPERTS}/{expert['id']}").status_code == 404
        client.close()
        for moment in (began, datetime.now(UTC) + timedelta(hours=1)):
            status, said = restored_until(moment)
            assert status == 1
            assert "is not in the archive, which has" in said
            assert not (place / "restored").exists()
        status, said = restored_until(before)
        assert (status, agrees(shown_in("operations.md", "Point in time")[1], said)) == (0, True), said
        assert "1 persons who were erased later are erased again" in said
        assert (state / "stack.json").exists()
    newest = max((place / "archive" / "wal").glob("*.gz"), key=lambda file: file.stat().st_mtime)
    later = datetime.now(UTC) + timedelta(hours=1)
    os.utime(newest, (later.timestamp(), later.timestamp()))
    settings["ESCM_LOCAL_FOLDER"] = str(place / "restored")
    status, said = restored_until(later - timedelta(minutes=1), "later")
    assert status == 1
    assert "is not in the archive, whose last change is of" in said
    assert not (place / "later").exists()
    with system(place / "restored") as (again, _):
        client = Client(again["base_url"], described["demo"]["clients"]["secretariat"])
        assert client.get(f"{_EXPERTS}/{expert['id']}")["names"] == expert["names"]
        assert "Erased" not in client.look(f"{_EXPERTS}/{erased['id']}").text
        client.close()


def _wait_until(moment: datetime) -> None:
    eventually(lambda: datetime.now(UTC) > moment)


async def _delete_and_archive(url: str) -> None:
    """Deletes all experts, and waits until the segment with that is in the archive."""
    connection: Any = await asyncpg.connect(url)
    await connection.execute("TRUNCATE escm.member_expert CASCADE")
    segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    while not await connection.fetchval(_ARCHIVED, segment):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await connection.close()
