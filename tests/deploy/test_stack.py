"""A stack of embedded servers and a stand-in process: start, stop, faults."""

import asyncio
import json
import os
import signal
import socket
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from deploy.local.errors import LocalStackError
from deploy.local.folder import Folder
from deploy.local.processes import Identity
from tests.deploy.standins import stack_in
from tests.support.waiting import PATIENCE


async def _eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if await holds():
                return
        except (OSError, asyncpg.PostgresError):
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE:.0f} s")


async def _run(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url, timeout=2)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _described(root: Path) -> dict[str, dict[str, int]]:
    return dict(json.loads((root / "stack.json").read_text()))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _owner(pid: int) -> tuple[int, list[str]]:
    """The effective user of a process, and its supplementary groups."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = {name: rest.split() for name, _, rest in (line.partition(":") for line in status)}
    return int(fields["Uid"][1]), fields["Groups"]


@pytest.mark.long("starts servers of its own")
async def test_a_second_start_finds_the_data_of_the_first(open_folder: Path, port: int) -> None:
    root = open_folder / ".local"
    first = stack_in(root, open_folder, port)
    await first.start({})
    await _run(first.environment["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS answer")
    async with Redis.from_url(first.environment["REDIS_URL"]) as queue:
        await queue.set("kept", "7")
    identities = [Identity.of(pid) for pid in _described(root)["processes"].values()]
    await first.stop()
    assert not any(identity and identity.alive() for identity in identities)
    assert not (root / "stack.json").exists()

    second = stack_in(root, open_folder, port)
    await second.start({})
    try:
        assert await _run(second.environment["DATABASE_URL"], "SELECT answer FROM kept") == 7
        async with Redis.from_url(second.environment["REDIS_URL"]) as queue:
            assert await queue.get("kept") == b"7"
    finally:
        await second.stop()


@pytest.mark.long("starts servers of its own")
async def test_the_database_is_as_names_and_durability_need_it(open_folder: Path, port: int) -> None:
    stack = stack_in(open_folder / ".local", open_folder, port)
    await stack.start({})
    try:
        url = stack.environment["DATABASE_URL"]
        for setting, value in {
            "server_encoding": "UTF8",
            "data_checksums": "on",
            "fsync": "on",
            "synchronous_commit": "on",
        }.items():
            assert await _run(url, f"SELECT current_setting('{setting}')") == value, setting
        for column, value in {
            "datlocprovider": b"b",
            "datlocale": "C.UTF-8",
            "datcollate": "C",
            "datctype": "C.UTF-8",
        }.items():
            found = await _run(url, f"SELECT {column} FROM pg_database WHERE datname = current_database()")
            assert found == value, column
        await _run(url, "CREATE EXTENSION pg_trgm")
        assert await _run(url, "SELECT show_trgm('Иванов')")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await _run(url.replace(":" + url.split(":")[2].split("@")[0], ":wrong"), "SELECT 1")
    finally:
        await stack.stop()


@pytest.mark.long("starts servers of its own")
async def test_killed_servers_come_back_with_their_data(open_folder: Path, port: int) -> None:
    root = open_folder / ".local"
    stack = stack_in(root, open_folder, port)
    await stack.start({})
    try:
        url, queue_url = stack.environment["DATABASE_URL"], stack.environment["REDIS_URL"]
        await _run(url, "CREATE TABLE kept AS SELECT 7 AS answer")
        before = _described(root)["processes"]
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)

        async def is_reachable() -> bool:
            return await _run(url, "SELECT answer FROM kept") == 7

        async def described_anew() -> bool:
            return not set(before.values()) & set(_described(root)["processes"].values())

        await _eventually(described_anew)
        await _eventually(is_reachable)
        async with Redis.from_url(queue_url) as queue:
            await _eventually(queue.ping)
    finally:
        await stack.stop()


@pytest.mark.long("starts servers of its own")
async def test_a_postgres_that_somebody_stopped_is_not_left_half_shut(open_folder: Path, port: int) -> None:
    """After SIGTERM the server waits for its clients for ever and rejects new ones."""
    root = open_folder / ".local"
    stack = stack_in(root, open_folder, port)
    await stack.start({})
    try:
        url = stack.environment["DATABASE_URL"]
        staying = await asyncpg.connect(url)
        before = _described(root)["processes"]["postgres"]
        os.kill(before, signal.SIGTERM)

        async def runs_anew() -> bool:
            return _described(root)["processes"]["postgres"] not in (0, before)

        async def is_reachable() -> bool:
            return await _run(url, "SELECT 1") == 1

        await _eventually(runs_anew)
        await _eventually(is_reachable)
        staying.terminate()
    finally:
        await stack.stop()


@pytest.mark.long("starts servers of its own")
async def test_a_stack_starts_while_others_sit_on_its_ports(open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        stack = stack_in(open_folder / ".local", open_folder, taken)
        await stack.start({})
        try:
            assert int(stack.base_url.rpartition(":")[2]) > taken
            assert (await asyncio.to_thread(httpx.get, stack.base_url, trust_env=False)).status_code == 200
        finally:
            await stack.stop()


@pytest.mark.long("starts servers of its own")
async def test_only_its_owner_reads_what_describes_the_stack(open_folder: Path, port: int) -> None:
    root = open_folder / ".local"
    stack = stack_in(root, open_folder, port)
    await stack.start({})
    try:
        described = _described(root)
        assert _mode(root / "stack.json") == 0o600
        assert list(described) == ["base_url", "database_url", "redis_url", "processes", "metrics", "demo"]
        assert set(described["processes"]) == {"postgres", "valkey", "api"}
    finally:
        await stack.stop()


async def test_two_stacks_do_not_share_a_folder(open_folder: Path) -> None:
    first, second = Folder.open(open_folder / ".local"), Folder.open(open_folder / ".local")
    await first.hold(0)
    with pytest.raises(LocalStackError, match=f"kill {os.getpid()}"):
        await second.hold(0)
    first.release()
    await second.hold(0)
    second.release()


async def test_given_addresses_are_used_instead_of_embedded_servers(open_folder: Path, port: int) -> None:
    database_url, redis_url = "postgresql://somebody@127.0.0.1:9/escm", "redis://127.0.0.1:9/0"
    root = open_folder / ".local"
    stack = stack_in(root, open_folder, port)
    await stack.start({"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    try:
        described = _described(root)
        assert set(described["processes"]) == {"api"}
        assert (described["database_url"], described["redis_url"]) == (database_url, redis_url)
    finally:
        await stack.stop()


@pytest.mark.long("starts servers of its own")
async def test_the_servers_run_unprivileged_in_a_folder_closed_to_others(closed_folder: Path, port: int) -> None:
    root, far = closed_folder / ".local", closed_folder.parent
    stack = stack_in(root, far, port)
    await stack.start({})
    try:
        data = stack.folder.data
        for name in ("postgres", "valkey"):
            owner, groups = _owner(_described(root)["processes"][name])
            assert owner != 0
            assert owner == os.geteuid() or groups == []
        if os.geteuid() == 0:
            assert (root / "data").read_text().strip() == str(data)
            assert data.parent == far
            assert _mode(data) == 0o700
        else:
            assert data == root
    finally:
        await stack.stop()
    assert stack_in(root, far, port).folder.data == data


def test_a_pointer_out_of_the_usual_place_is_refused(open_folder: Path) -> None:
    root = open_folder / ".local"
    root.mkdir()
    (root / "data").write_text("/etc\n")
    with pytest.raises(LocalStackError, match="names no data folder"):
        Folder.open(root)
