"""A folder that replaces a fixture of the session replaces those that are made of it, too: pytest keeps one value of
each, made for the folder whose test asks first."""

import ast
from functools import cache
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent.parent
_KEPT = ("session", "package")


@cache
def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


@cache
def _fixtures(folder: Path) -> dict[str, tuple[bool, set[str]]]:
    """By name, the fixtures of a folder's conftest: whether one value is kept, and the fixtures that it asks for."""
    files = [folder / "conftest.py", *((folder / "support").glob("*.py") if folder == _TESTS else ())]
    return {
        function.name: (any(f"scope='{kept}'" in text for kept in _KEPT), _arguments(function))
        for path in files
        if path.exists()
        for function in _functions(path)
        for text in map(ast.unparse, function.decorator_list)
        if text.startswith("pytest.fixture")
    }


def _imported(folder: Path) -> set[str]:
    """Names that a folder's conftest imports: a fixture among them is the folder's own."""
    nodes = ast.walk(ast.parse((folder / "conftest.py").read_text()))
    return {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}


def _inherited(folder: Path) -> dict[str, tuple[bool, set[str]]]:
    found: dict[str, tuple[bool, set[str]]] = {}
    while folder != _TESTS:
        folder = folder.parent
        found = _fixtures(folder) | found
    return found


def _of_another_folder(folder: Path) -> set[str]:
    """The inherited fixtures whose one value may be made of what this folder replaces."""
    own, inherited = _fixtures(folder).keys() | _imported(folder), _inherited(folder)
    replaced = own & inherited.keys()
    found: set[str] = set()
    while more := {
        name
        for name, (kept, asks) in inherited.items()
        if kept and name not in own and name not in found and asks & (replaced | found)
    }:
        found |= more
    return found


@pytest.mark.parametrize(
    "folder", [path.parent for path in sorted(_TESTS.rglob("conftest.py"))], ids=lambda path: str(path.name)
)
def test_no_test_asks_for_a_fixture_of_another_folder(folder: Path) -> None:
    others = _of_another_folder(folder)
    asking = [
        f"{path.relative_to(_TESTS)}::{function.name} asks for {name}"
        for path in folder.glob("*.py")
        for function in _functions(path)
        if function.name.startswith("test_") or function.decorator_list
        for name in _arguments(function) & others
    ]
    assert asking == []
