"""Apps reach the database through a PgBouncer in transaction mode."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from tests.support.callers import serving
from tests.support.doctor import doctor
from tests.support.pooler import pooler

_HELD = """
SELECT count(*) FROM pg_stat_activity WHERE usename = 'escm_membership' AND datname = current_database()
"""


@pytest.fixture(scope="session")
def address(database_url: str) -> Iterator[str]:
    """Two connections of each role for all clients."""
    with pooler(database_url, default_pool_size="2") as address:
        yield address


async def test_sessions_of_the_pooler_have_the_limits_of_the_apps(database_url: str, address: str) -> None:
    settings = MembershipSettings(database_url=database_url, database_pooler=address)
    connection = await asyncpg.connect(settings.app_dsn)
    try:
        found = [await connection.fetchval(f"SHOW {name}") for name in ("search_path", "statement_timeout", "jit")]
        assert found == ["escm", "15s", "off"]
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "30s"
    finally:
        await connection.close()


async def test_many_requests_share_two_connections(database_url: str, redis_url: str, address: str) -> None:
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url, database_pooler=address, pool_size=20)
    async with serving(create_app(settings)) as client:
        paths = [f"/membership/v1/{name}?limit={n}" for n in range(1, 21) for name in ("experts", "institutions")]
        responses = await asyncio.gather(*(client.get(path) for path in paths))
        assert {response.status_code for response in responses} == {200}
        superuser = await asyncpg.connect(database_url)
        held = (
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'escm_membership' AND datname = current_database()"
        )
        assert await superuser.fetchval(held) <= 2
        await superuser.close()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, ""),
        ({"pool_mode": "session"}, "set pool_mode = transaction"),
        ({"max_prepared_statements": "0"}, "set max_prepared_statements"),
    ],
)
def test_the_doctor_finds_a_pooler_that_does_not_fit(
    database_url: str, tmp_path: Path, changed: dict[str, str], fault: str
) -> None:
    with pooler(database_url, **changed) as address:
        finding = _finding(database_url, address, tmp_path)
    assert (finding["right"], fault in str(finding["detail"])) == (not fault, True), finding


def test_the_doctor_finds_a_pooler_that_does_not_run(database_url: str, tmp_path: Path) -> None:
    assert _finding(database_url, "127.0.0.1:9", tmp_path)["right"] is False


def _finding(database_url: str, address: str, folder: Path) -> dict[str, object]:
    return doctor(folder, database_url, ESCM_DATABASE_POOLER=address)[1]["pooler"]
