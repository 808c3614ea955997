"""The one history: one line of revisions, up and down, and the same tables as in code."""

import asyncio
import re
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from migrations.run import alembic_config, migrate
from shared.configuration.settings import Settings
from shared.database.tables import metadata

_OF_NO_COUNTRY = {"action_framework"}
"""Reference data that everybody may read: its country is empty."""
ROOT = Path(__file__).parents[2]


def test_there_is_one_head_and_each_file_starts_with_its_owner() -> None:
    script = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none", Settings()))
    assert len(script.get_heads()) == 1
    owners = ("core", "access", "membership", "centres", "actions")
    for revision in script.walk_revisions():
        assert revision.revision.startswith(owners)
        assert Path(revision.path).name.startswith(revision.revision)
        assert not isinstance(revision.down_revision, tuple)


async def test_the_history_goes_up_down_and_up_again(test_servers: dict[str, str]) -> None:
    server = test_servers["postgres"]
    connection = await asyncpg.connect(f"{server}postgres")
    await connection.execute("DROP DATABASE IF EXISTS escm_history WITH (FORCE)")
    await connection.execute("CREATE DATABASE escm_history TEMPLATE template0")
    await connection.close()
    url = f"{server}escm_history"
    await migrate(url)
    first = await _shape(url)
    await asyncio.to_thread(command.downgrade, alembic_config(url, Settings()), "base")
    assert [name for name, _ in await _shape(url)] == ["core_migration"]
    await asyncio.gather(migrate(url), migrate(url), migrate(url))
    assert await _shape(url) == first


async def _shape(url: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT c.relname, coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '"
            " ORDER BY a.attnum), '') AS columns FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " AND a.attgenerated = ''"
            " WHERE n.nspname = 'escm' AND c.relkind IN ('r', 'p', 'v') AND c.relname !~ '_\\d{8}$'"
            " GROUP BY c.relname ORDER BY c.relname"
        )
    finally:
        await connection.close()
    return [(row["relname"], row["columns"]) for row in rows]


async def test_the_tables_in_code_stand_in_the_database(database_url: str) -> None:
    for path in [*ROOT.glob("services/*/*/tables.py"), *ROOT.glob("shared/*/tables.py")]:
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    import_module("shared.web.idempotency")
    found = {name: dict(re.findall(r"(\w+) ([^,]+)", columns)) for name, columns in await _shape(database_url)}
    for table in metadata.tables.values():
        assert {column.key for column in table.c} <= set(found[table.name]), table.name


@pytest.mark.parametrize("pattern", ["member_%", "centre_%", "action_%"])
async def test_country_scoped_tables_have_row_level_security_forced(database_url: str, pattern: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        open_tables = await connection.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'country' AND NOT a.attisdropped"
            " WHERE n.nspname = 'escm' AND c.relkind = 'r' AND c.relname LIKE $1"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
            pattern,
        )
    finally:
        await connection.close()
    assert {row["relname"] for row in open_tables} <= _OF_NO_COUNTRY
