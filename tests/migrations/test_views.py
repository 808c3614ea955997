"""The views that services publish for one another match the migrations, and are named in one place."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import TableClause
from sqlalchemy.dialects import postgresql

from shared.contracts import views

ROOT = Path(__file__).parents[2]
VIEWS = [view for view in vars(views).values() if isinstance(view, TableClause)]
_COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
"""
_PUBLISHED = "SELECT relname FROM pg_class WHERE relkind = 'v' AND relname LIKE '%_published_%'"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: str(view.name))
async def test_a_view_has_the_columns_that_are_promised(view: TableClause, connection: asyncpg.Connection) -> None:
    found = {row["attname"]: row["format_type"] for row in await connection.fetch(_COLUMNS, view.fullname)}
    assert {c.name: c.type.compile(postgresql.dialect()).lower() for c in view.c}.items() <= found.items()


async def test_every_view_is_promised(connection: asyncpg.Connection) -> None:
    found = {row["relname"] for row in await connection.fetch(_PUBLISHED)}
    assert {view.name for view in VIEWS} == found


def test_no_other_module_names_a_view() -> None:
    named = []
    for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]:
        if "_published_" not in (text := path.read_text()):
            continue
        tree = ast.parse(text)
        prose = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, ast.Module)}
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if path.name != "views.py" and any("_published_" in text for text in texts - prose):
            named.append(str(path.relative_to(ROOT)))
    assert named == []
