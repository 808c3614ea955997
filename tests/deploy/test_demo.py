"""The demonstration data: created once, with the public operations."""

from typing import Any

import asyncpg

from deploy import demo_programmes, demo_register


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
    assert await demo_programmes.load(url)
    assert not await demo_programmes.load(url)
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
