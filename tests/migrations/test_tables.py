"""The tables of records match the migrations."""

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.database.tables import metadata

ROOT = Path(__file__).parents[2]
for file in ROOT.glob("services/**/tables.py"):
    import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
RECORDS = [made for made in metadata.tables.values() if "record" in made.info]
_COLUMNS = """
SELECT attname, format_type(atttypid, NULL), NOT attnotnull FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
_PREFIXES = """
SELECT c.relname, split_part(pg_get_expr(d.adbin, d.adrelid), '''', 2) AS prefix
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_class c ON c.oid = d.adrelid
WHERE a.attname = 'ref' AND c.relnamespace = 'escm'::regnamespace
"""
_NAMES = {"double precision": "float", "real": "float", "smallint": "integer"}


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("made", RECORDS, ids=lambda made: str(made.name))
async def test_a_record_has_the_columns_of_its_table(made: Table, connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(_COLUMNS, made.fullname)
    found = {name: (_NAMES.get(kind, kind), null) for name, kind, null in rows}
    assert {c.name: (c.type.compile(postgresql.dialect()).lower(), bool(c.nullable)) for c in made.c} == found


def test_every_service_has_records() -> None:
    assert {made.name.split("_")[0] for made in RECORDS} == {"access", "action", "centre", "member"}


async def test_each_kind_of_record_has_refs_of_its_own(connection: asyncpg.Connection) -> None:
    prefixes = [row["prefix"] for row in await connection.fetch(_PREFIXES)]
    assert len(prefixes) > 40
    assert sorted(set(prefixes)) == sorted(prefixes)
