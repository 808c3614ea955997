"""Each promise has proofs that exist, and its row says which targets of the Makefile run them."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.test_conventions import ROOT

_PAGE = ROOT / "docs" / "reference" / "promises.md"
_TARGETS = {
    "browser": "test-browser",
    "clients": "test-contract",
    "faults": "test-faults",
    "journeys": "test-journeys",
    "scale": "test-scale",
    "scanner": "test-scanner",
    "systems": "test-systems",
}
"""The targets of the folders that `make test` leaves out."""
_ORDER = ("test", "test-long", *_TARGETS.values())


def _rows() -> Iterator[list[str]]:
    for line in _PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "promise":
            yield cells


def _proofs(text: str) -> Iterator[Path]:
    """The files and folders that a cell names; a file without a folder follows the one before it, at first `faults`."""
    folder = ROOT / "tests" / "faults"
    for named in re.findall(r"`((?:tests/[\w/]*)?(?:test_\w+\.py)?)`", text):
        if named:
            path = ROOT / named if named.startswith("tests/") else folder / named
            folder = path.parent if path.suffix else path
            yield path


def _targets(path: Path) -> set[str]:
    top = path.relative_to(ROOT / "tests").parts[0]
    if top in _TARGETS:
        return {_TARGETS[top]}
    files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return set().union(*(_tiers(file) for file in files))


def _tiers(file: Path) -> set[str]:
    """The tiers in which the tests of a file run."""
    tree = ast.parse(file.read_text())
    if any(isinstance(node, ast.Assign) and "mark.long" in ast.unparse(node.value) for node in tree.body):
        return {"test-long"}
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    decorators = [" ".join(map(ast.unparse, node.decorator_list)) for node in tests if node.name.startswith("test_")]
    found = {"test"} if any("mark.long" not in each for each in decorators) else set()
    return found | ({"test-long"} if any("long(" in each for each in decorators) else set())


def _in_order(targets: Iterable[str]) -> str:
    return ", ".join(f"`{target}`" for target in sorted(targets, key=_ORDER.index))


@pytest.mark.parametrize("row", list(_rows()), ids=lambda row: row[0][:60])
def test_a_promise_names_its_proofs_and_where_they_run(row: list[str]) -> None:
    _, proof, where = row
    paths = list(_proofs(proof))
    assert [path for path in paths if not path.exists()] == []
    assert where == _in_order(set().union(*map(_targets, paths)))
