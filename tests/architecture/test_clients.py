"""The clients: as small as they are to be, typed by the contract as it is, needing what they say."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

from clients.python.generate import PACKAGE, files
from tests.architecture.budgets import BUDGETS
from tests.architecture.test_conventions import ROOT

_PYTHON = ROOT / "clients" / "python"
_OWN = [path for path in PACKAGE.glob("*.py") if path.name != "contract.py"]
_TOP = {"clients", "deploy", "docs", "migrations", "services", "shared", "tests"}


def test_the_top_level_has_the_folders_that_it_is_to_have() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"build", "dist", "escm.egg-info"} == _TOP


@pytest.mark.parametrize("name", files())
def test_the_models_are_those_of_the_contract(name: str) -> None:
    """Else run `make openapi` and commit them."""
    assert (PACKAGE / name).read_text() == files()[name]


def test_the_python_client_stays_small() -> None:
    """Without its models and commands."""
    assert sum(len(path.read_text().splitlines()) for path in _OWN) <= BUDGETS["python_client"]


def test_the_python_client_needs_httpx_alone() -> None:
    """What else it imports is needed for one thing, which says so."""
    found = {(path.name, name) for path in _OWN for name in _outside(path)}
    assert {name for _, name in found} == {"httpx", "cryptography", "joserfc"}
    assert {file for file, name in found if name == "cryptography"} == {"webhooks.py"}
    assert {file for file, name in found if name == "joserfc"} == {"credentials.py", "dpop.py"}
    project = tomllib.loads((_PYTHON / "pyproject.toml").read_text())["project"]
    assert [one.partition(">")[0] for one in project["dependencies"]] == ["httpx"]


def _outside(path: Path) -> set[str]:
    """The packages of others that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names


def test_the_models_are_loaded_by_none_of_it() -> None:
    """They are imported where types are checked, and nowhere else."""
    for path in _OWN:
        tree = ast.parse(path.read_text())
        blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
        apart = {id(one) for block in blocks for one in ast.walk(block)}
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and id(node) not in apart]
        assert [node.module for node in imported if "models" in str(node.module)] == [], path.name
