"""The register of XA and XB in the demonstration: created once, with the public operations."""

import asyncpg

from deploy import demo_register


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
