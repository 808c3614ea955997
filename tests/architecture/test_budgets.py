"""The code stays within its budgets."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.budgets import BUDGETS

ROOT = Path(__file__).parents[2]


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _lines(folder: str) -> int:
    return sum(len(path.read_text().splitlines()) for path in _files(folder))


def test_the_code_stays_within_its_lines_and_files() -> None:
    assert _lines("services") + _lines("shared") <= BUDGETS["lines"]
    assert len(_files("services")) + len(_files("shared")) <= BUDGETS["files"]


def test_each_package_of_shared_stays_within_its_lines() -> None:
    packages = [path.parent.name for path in sorted((ROOT / "shared").glob("*/__init__.py"))]
    assert packages == sorted(BUDGETS["packages"])
    assert {
        name: _lines(f"shared/{name}") for name in packages if _lines(f"shared/{name}") > BUDGETS["packages"][name]
    } == {}


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("services", cache_dir=None)


def _room(module: str) -> str:
    """The room of a module: a resource of a context, or a module of the service itself."""
    parts = module.split(".")[2:]
    return ".".join(parts[:2] if len(parts) > 2 else parts[:1])


def _imports(service: str) -> dict[str, set[str]]:
    """The rooms that each room of a service imports."""
    inside = f"services.{service}."
    modules = [module for module in _graph().modules if module.startswith(inside)]
    found: dict[str, set[str]] = {_room(module): set() for module in modules}
    for module in modules:
        imported = (name for name in _graph().find_modules_directly_imported_by(module) if name.startswith(inside))
        found[_room(module)] |= {_room(name) for name in imported} - {_room(module)}
    return found


@pytest.mark.long("reads the imports of all services")
@pytest.mark.parametrize("service", BUDGETS["import_chain"])
def test_a_service_has_few_rooms_in_a_row(service: str) -> None:
    imports = _imports(service)

    @cache
    def longest(room: str) -> int:
        return 1 + max(map(longest, imports[room]), default=0)

    assert max(map(longest, imports)) <= BUDGETS["import_chain"][service]


def _begun(path: Path) -> set[str]:
    """The first lines of the docstrings of a file."""
    of_code = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, of_code)]
    return {page.partition("\n")[0] for node in nodes if (page := ast.get_docstring(node))}


@pytest.mark.long("parses every file of services and shared")
def test_few_docstrings_begin_like_one_of_another_file() -> None:
    begun = Counter(line for folder in ("services", "shared") for path in _files(folder) for line in _begun(path))
    repeated = {line: count - 1 for line, count in begun.items() if count > 1}
    assert sum(repeated.values()) <= BUDGETS["repeated_docstrings"], repeated
