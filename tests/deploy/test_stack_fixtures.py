"""The servers of the test fixtures."""

import socket

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.support.stack_network import OutsideNetwork


async def test_each_worker_has_a_migrated_database_of_its_own(database_url: str, worker_number: int) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("SELECT current_database()") == f"escm_test_{worker_number}_shared"
        assert await connection.fetchval("SELECT show_trgm('Иванов')")
        assert await connection.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname = 'escm'") == 1
    finally:
        await connection.close()


async def test_each_worker_has_a_queue_of_its_own(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        assert await client.ping()


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("0.0.0.1", 9)])
def test_other_machines_are_out_of_reach(address: tuple[str, int]) -> None:
    with socket.socket() as client, pytest.raises(OutsideNetwork):
        client.connect(address)


def test_other_names_are_not_resolved() -> None:
    with pytest.raises(OutsideNetwork):
        socket.getaddrinfo("example.org", 443)
