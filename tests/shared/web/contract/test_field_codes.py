"""Every code of a fault of a field or a row is in the table of problems."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.web.contract.catalogue import PROBLEMS

ROOT = Path(__file__).parents[4]
PLACES = {"invalid_field": 1, "FieldError": 0, "RowFault": 0, "PydanticCustomError": 0}
"""The calls with a code, and its argument."""
SOURCES = sorted(path for room in ("services", "shared") for path in (ROOT / room).rglob("*.py"))


def codes(tree: ast.AST) -> Iterator[str]:
    """The literal codes in a module: in these calls, as `code=`, and in pairs of a field with its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = PLACES.get(node.func.id) if isinstance(node.func, ast.Name) else None
            given = node.args[place : place + 1] if place is not None else []
            for value in [*given, *(word.value for word in node.keywords if word.arg == "code")]:
                yield from words(value)
        elif isinstance(node, ast.For) and ast.unparse(node.target).endswith(", code)"):
            assert isinstance(node.iter, ast.Tuple)
            yield from (str(ast.literal_eval(pair)[-1]) for pair in node.iter.elts)


def words(value: ast.expr) -> Iterator[str]:
    """The possible texts of an expression."""
    if isinstance(value, ast.IfExp):
        yield from words(value.body)
        yield from words(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for part in value.values:
            yield from words(part)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def test_the_codes_of_each_way_of_writing_are_found() -> None:
    source = (
        "invalid_field('/a', 'one', '')\nFieldError('two' if x else 'three', '')\nInvalid(code=code or 'four')\n"
        "for field, code in (('a', 'five'), ('b', 'six')):\n    pass\n"
    )
    assert set(codes(ast.parse(source))) == {"one", "two", "three", "four", "five", "six"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_code_has_its_page(path: Path) -> None:
    unknown = set(codes(ast.parse(path.read_text(encoding="utf-8")))) - set(PROBLEMS)
    assert not unknown, f"add to shared/web/contract/data/problems.csv: {sorted(unknown)}"
