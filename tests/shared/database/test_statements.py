"""What PostgreSQL knows when it plans a statement, and how often it plans one of many parts."""

import asyncpg
from sqlalchemy import Integer, bindparam, column, select, values

from shared.database.pool import Database
from shared.database.statements import PlannedOnce, Statement

_NUMBERS = values(column("n", Integer), name="numbers").data([(1,), (2,), (3,)])
_FROM = PlannedOnce(select(_NUMBERS.c.n).where(_NUMBERS.c.n >= bindparam("least", type_=Integer)))
_PLANS = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement = $1"
_MODE = "SELECT current_setting('plan_cache_mode')"


async def _read(connection: asyncpg.Connection) -> None:
    for least in (1, 2, 3):
        assert len(await _FROM.fetch(connection, least=least)) == 4 - least


async def test_a_statement_is_planned_once_for_all_values(database_url: str) -> None:
    database = await Database.open(database_url, size=1)
    async with database.acquire() as connection:
        await _read(connection)
        assert tuple(await connection.fetchrow(_PLANS, _FROM.sql)) == (3, 0)
        assert await connection.fetchval(_MODE) == "auto"
    await database.close()


async def test_the_other_statements_of_a_transaction_are_planned_as_before(database_url: str) -> None:
    database = await Database.open(database_url, size=1)
    async with database.acquire() as connection:
        await connection.execute("BEGIN")
        await _read(connection)
        assert tuple(await connection.fetchrow(_PLANS, _FROM.sql)) == (3, 0)
        assert await connection.fetchval(_MODE) == "auto"
        await connection.execute("ROLLBACK")
    await database.close()


def test_a_limit_of_the_clause_is_text_and_one_of_the_caller_a_parameter() -> None:
    query = select(_NUMBERS.c.n)
    given, asked = Statement(query.limit(20)), Statement(query.limit(bindparam("limit", type_=Integer)))
    assert given.sql.endswith("LIMIT 20")
    assert "LIMIT $" in asked.sql
    assert asked.arguments({"limit": 5})[-1] == 5
    skipping = Statement(query.limit(20).offset(bindparam("most", type_=Integer)))
    assert "LIMIT 20 OFFSET $" in skipping.sql
    assert skipping.arguments({"most": 3})[-1] == 3
