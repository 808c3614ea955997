"""Conventions that no linter checks: sizes, names, prefixes, guards, commits, forbidden names."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import MetaData

ROOT = Path(__file__).parents[2]
_TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
FILES = [ROOT / name for name in _TRACKED if name and (ROOT / name).is_file()]
PYTHON = [path for path in FILES if path.suffix == ".py"]
SERVICES = [path for path in PYTHON if path.is_relative_to(ROOT / "services")]
PREFIXES = {
    "membership": "member_", "centres": "centre_", "actions": "action_", "access": "access_", "shared": "core_",
}  # fmt: skip
_GENERATED_OR_FROZEN = ("migrations/chain", "clients/python/escm_client/models")
"""Folders whose files are as long as they come."""


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_stay_small() -> None:
    too_long = {}
    for path in PYTHON:
        if any(path.is_relative_to(ROOT / folder) for folder in _GENERATED_OR_FROZEN):
            continue
        bound = 500 if path.is_relative_to(ROOT / "tests") else 300
        lines = len(path.read_text().splitlines())
        if lines > bound:
            too_long[_named(path)] = lines
    assert too_long == {}


def test_every_service_with_a_lifecycle_has_tables_of_its_rules() -> None:
    having = {path.relative_to(ROOT).parts[1] for path in SERVICES if "Lifecycle(" in path.read_text()}
    assert having
    assert {name for name in having if not (ROOT / "tests" / name / "rules/test_rules.py").exists()} == set()


def test_no_junk_drawers() -> None:
    drawers = [_named(path) for path in FILES if path.stem in ("utils", "helpers", "common", "misc")]
    drawers += [_named(path) for path in FILES if {"utils", "helpers", "common", "misc"} & set(path.parts)]
    assert drawers == []


def test_a_feature_has_at_most_twelve_modules() -> None:
    modules = Counter(path.parent for path in SERVICES if path.name != "__init__.py")
    assert {_named(feature): count for feature, count in modules.items() if count > 12} == {}


def test_shared_packages_hold_a_page_and_no_code() -> None:
    inits = [path for path in PYTHON if path.name == "__init__.py" and path.is_relative_to(ROOT / "shared")]
    assert [_named(path) for path in inits if not _is_a_page(ast.parse(path.read_text()))] == []


def _is_a_page(module: ast.Module) -> bool:
    return len(module.body) == (ast.get_docstring(module) is not None)


def test_only_the_edge_commits() -> None:
    guilty = [
        _named(path)
        for path in SERVICES
        if re.search(r"\.commit\(|[\"']COMMIT|[\"']BEGIN|\.transaction\(", path.read_text())
        and path.name not in ("administration.py",)
    ]
    assert guilty == []


def test_one_module_imports_arq() -> None:
    importers = [_named(path) for path in PYTHON if "arq" in path.read_text() and "arq" in _imports(path)]
    assert [name for name in importers if name != "shared/messaging/queue.py"] == []


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_tables_carry_their_owners_prefix() -> None:
    owners = {path: path.relative_to(ROOT).parts for path in PYTHON if path.name == "tables.py"}
    wrong = []
    for path, parts in owners.items():
        prefix = PREFIXES.get(parts[1] if parts[0] == "services" else "shared", "")
        names = re.findall(r"(?:record_table|\btable)\(\s*\"(\w+)\"", path.read_text())
        wrong += [f"{_named(path)}: {name}" for name in names if not name.startswith(prefix)]
    assert wrong == []


@pytest.mark.parametrize("word", ["python" + "hosted", "py" + "pi.org", "regis" + "try.npm", "deb.deb" + "ian.org"])
def test_no_registry_is_named(word: str) -> None:
    texts = [path for path in FILES if path.suffix not in (".woff2", ".png", ".gz")]
    assert [_named(path) for path in texts if word in path.read_text(errors="ignore")] == []


def test_no_file_has_a_fixed_name_in_a_folder_of_everybody() -> None:
    """Another user of the machine may have taken that name, or put a link there."""
    fixed = re.compile(r"(?<![\w.{])/tmp/" + r"[\w-]|TMP" + "DIR:-")
    pages = [path for path in FILES if path.suffix == ".md" and path.name != "CHANGELOG.md"]
    assert [_named(path) for path in (*PYTHON, *pages) if fixed.search(path.read_text())] == []


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"Not" + r"ImplementedError|TO" + r"DO|FIX" + r"ME|pytest\.(?:skip|xfail)|mark\.(?:skip|xfail)")
    assert [_named(path) for path in PYTHON if marks.search(path.read_text())] == []


def test_the_tables_in_code_are_one_schema() -> None:
    from shared.database.tables import metadata

    assert isinstance(metadata, MetaData)
    assert {table.schema for table in metadata.tables.values()} <= {"escm"}


def test_unknown_references_are_refused_in_one_wording() -> None:
    """`unknown_reference` says it, for every kind of record."""
    own = re.compile(r'"unknown_reference",\s*f?"(There is no|Names an unknown|This )')
    assert [_named(path) for path in SERVICES if own.search(path.read_text())] == []
