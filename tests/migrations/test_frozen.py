"""A released migration is never edited, and neither is the code that it calls (decision 53)."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).parents[2] / "migrations"
VERSIONS = sorted([*MIGRATIONS.glob("chain/*.py"), *MIGRATIONS.glob("versions/*.py")], key=lambda path: path.name)
_LINES = Path(__file__).with_name("released.sha256").read_text().splitlines()
RELEASED = {name: digest for digest, name in (line.split() for line in _LINES)}
_CHANGES = ("deploy", "services", "shared", "tests")


def _is_released(path: Path) -> bool:
    return str(path.relative_to(MIGRATIONS)) in RELEASED


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_file_is_as_it_was_released(name: str) -> None:
    digest = hashlib.sha256((MIGRATIONS / name).read_bytes()).hexdigest()
    assert digest == RELEASED[name], f"{name} was released: undo the change, and add a migration"


def test_the_released_migrations_are_the_first_ones() -> None:
    released = [path for path in VERSIONS if _is_released(path)]
    assert released == VERSIONS[: len(released)]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: str(path.stem))
def test_a_migration_imports_nothing_that_changes(path: Path) -> None:
    imported = list(_imports(path))
    assert [name for name in imported if name.startswith(_CHANGES)] == []
    ours = [MIGRATIONS / f"{name.partition('.')[2]}.py" for name in imported if name.startswith("migrations")]
    assert all(_is_released(file) for file in ours) or not _is_released(path)
