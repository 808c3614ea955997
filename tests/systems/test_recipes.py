"""The recipes for developers work: their steps apply to a copy of the tree, and their tests pass there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.budgets import BUDGETS

ROOT = Path(__file__).parents[2]
_DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^--- (\S+)\n\+\+\+ b/(\S+)\n", re.MULTILINE)
_COPIED = (
    "clients", "deploy", "migrations", "services", "shared", "tests", "docs",
    "pyproject.toml", "CHANGELOG.md", "README.md", "Makefile",
)  # fmt: skip
_OF_ALL = ("tests/migrations/test_tables.py", "tests/migrations/test_history.py", "-m", "not long")
_LEFT = ("node_modules", "generated", ".venv", "__pycache__")


def _steps(recipe: str) -> list[tuple[Path, list[str]]]:
    """Each file that a recipe touches, with the parts of its change."""
    found = []
    latest = max(path.stem for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    page = (ROOT / "docs" / "development" / recipe).read_text()
    for diff in _DIFF.findall(page.replace("LATEST", latest).replace("NNNN", f"{int(latest[:4]) + 1:04}")):
        pieces = _FILE.split(diff)[1:]
        for path, change in zip(pieces[1::3], pieces[2::3], strict=True):
            found.append((Path(path), [part for part in re.split(r"^@@\n", change, flags=re.MULTILINE) if part]))
    return found


def _apply(root: Path, path: Path, parts: list[str]) -> None:
    """Applies the parts of a change. AssertionError if the removed text of a part is not there exactly once."""
    file = root / path
    text = file.read_text() if file.exists() else ""
    for part in parts:
        lines = part.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        if before:
            assert text.count(before) == 1, f"{path} does not contain exactly once:\n{before}"
        text = text.replace(before, after) if before else after
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _run(copy: Path, *command: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree."""
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns(*_LEFT))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("recipe", "budget"), [("add-a-field.md", "field_places"), ("add-a-resource.md", "resource_files")]
)
def test_the_steps_of_a_recipe_work(copy: Path, recipe: str, budget: str) -> None:
    steps = _steps(recipe)
    for path, parts in steps:
        _apply(copy, path, parts)
    tests = [str(path) for path, _ in steps if path.parts[0] == "tests"]
    for command in ("openapi", "matrix"):
        _run(copy, "deploy.cli", command)
    _run(copy, "pytest", "-q", "-p", "no:cacheprovider", *tests, *_OF_ALL)
    if recipe == "add-a-resource.md":
        _run(copy, "pytest", "-q", "-p", "no:cacheprovider", "tests/authorization", "-k", "visit or current")
    assert len({path for path, _ in steps if path.parts[0] != "tests"}) <= BUDGETS[budget]
