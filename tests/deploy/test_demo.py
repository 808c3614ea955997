"""The demonstration data: created once, with the public operations."""

from typing import Any

import asyncpg
import pytest

from deploy import demo_programmes, demo_register
from shared.kernel.clock import today
from tests.support.databases import checksums

_PERIOD = """
INSERT INTO action_period (id, ref, version, status, visibility, created_at, created_by, updated_at, updated_by,
    framework, code, starts, ends, opens_on, due_on)
SELECT uuidv7(), 'PER-900000', 1, 'planned', 'public', now(), 'system', now(), 'system',
    '3+1/2026', $1, now(), now(), now(), now()
"""


async def _empty(test_servers: dict[str, str], name: str) -> str:
    """The address of a new database."""
    connection = await asyncpg.connect(f"{test_servers['postgres']}postgres")
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE escm_template")
    await connection.close()
    return f"{test_servers['postgres']}{name}"


async def test_the_register_is_entered_once(test_servers: dict[str, str], database_url: str) -> None:
    url = await _empty(test_servers, "escm_demo_register")
    await demo_register.load(url)
    await demo_register.load(url)
    connection = await asyncpg.connect(url)
    try:
        people = await connection.fetchval("SELECT count(*) FROM escm.member_expert")
        places = await connection.fetchval("SELECT count(*) FROM escm.member_institution WHERE status = 'verified'")
        active = await connection.fetchval("SELECT count(*) FROM escm.member_expert WHERE status = 'active'")
    finally:
        await connection.close()
    assert (people, places, active) == (8, 4, 4)


async def test_programmes_with_results_are_entered_once(test_servers: dict[str, str], database_url: str) -> None:
    url = await _empty(test_servers, "escm_demo_programmes")
    await demo_register.load(url)
    assert await demo_programmes.load(url) is None
    assert await demo_programmes.load(url) == "one of the countries has a programme"
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})

    async def states(table: str) -> dict[str, Any]:
        rows = await connection.fetch(f"SELECT status, count(*) FROM {table} GROUP BY 1")
        return {row[0]: row[1] for row in rows}

    try:
        assert await states("action_programme") == {"implementing": 2}
        assert await states("action_action") == {"in_progress": 6}
        assert await states("action_milestone") == {"done": 7, "pending": 11}
        assert await states("action_indicator") == {"active": 2}
        assert await states("action_result") == {"published": 4}
        assert await states("action_period") == {"open": 1}
        counted = "SELECT sum(n) FROM core_count_delta WHERE kind = 'action' AND status = 'in_progress'"
        assert await connection.fetchval(counted) == 6
    finally:
        await connection.close()


@pytest.mark.long("a database of its own")
async def test_programmes_are_loaded_whole_or_not_at_all(test_servers: dict[str, str], database_url: str) -> None:
    url = await _empty(test_servers, "escm_demo_hindered")
    assert "escm demo load" in str(await demo_programmes.load(url))
    await demo_register.load(url)
    loaded = await checksums(url)
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    try:
        await connection.execute(_PERIOD, str(today().year))
        hindered = await checksums(url)
        assert await demo_programmes.load(url) == f"3+1/2026 has a period {today().year}"
        assert await checksums(url) == hindered
        await connection.execute("DELETE FROM action_period")
    finally:
        await connection.close()
    assert await checksums(url) == loaded


@pytest.mark.long("a database of its own")
async def test_an_interrupted_load_is_continued(
    test_servers: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _empty(test_servers, "escm_demo_interrupted")
    await demo_register.load(url)
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    try:
        await connection.execute("ALTER TABLE action_endorsement RENAME TO away")
        with pytest.raises(asyncpg.UndefinedTableError):
            await demo_programmes.load(url)
        await connection.execute("ALTER TABLE away RENAME TO action_endorsement")
        assert await demo_programmes.load(url) is None
        assert await connection.fetchval("SELECT count(*) FROM centre_committee") == 2
        assert await connection.fetchval("SELECT count(*) FROM action_programme WHERE status = 'implementing'") == 2
    finally:
        await connection.close()
