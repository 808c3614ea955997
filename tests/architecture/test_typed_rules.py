"""Records, domains, operations and guards name the types that they take."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TYPED = ("record.py", "domain.py", "operations.py", "guards.py")
RULES = [path for path in (ROOT / "services").rglob("*.py") if path.name in TYPED]


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _untyped(source: str) -> list[int]:
    """The lines that name `Any`, such as `Mapping[str, Any]`."""
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name | ast.Attribute))
    return [node.lineno for node in names if "Any" in (getattr(node, "id", ""), getattr(node, "attr", ""))]


def test_rules_name_their_types() -> None:
    assert {path.name for path in RULES} == set(TYPED)
    untyped = {_named(path): _untyped(path.read_text()) for path in RULES}
    assert {name: lines for name, lines in untyped.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f(row: Mapping[str, Any], *more: typing.Any) -> None: ...", [1, 1]),
        ("Document: TypeAlias = Mapping[str, Any]", [1]),
        ("from typing import Any\ndef f(row: Mapping[str, object]) -> AnyJson: ...", []),
    ],
)
def test_an_open_type_is_found(source: str, lines: list[int]) -> None:
    assert _untyped(source) == lines
