"""The demonstration data: created once, with the public operations."""

import asyncpg

from deploy import demo_register


async def test_the_register_is_entered_once(test_servers: dict[str, str], database_url: str) -> None:
    name = "escm_demo_register"
    connection = await asyncpg.connect(f"{test_servers['postgres']}postgres")
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE escm_template")
    await connection.close()
    url = f"{test_servers['postgres']}{name}"
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
