"""The contexts of services: few on a floor, each with a page, in the order that the page of the architecture shows."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.budgets import BUDGETS

ROOT = Path(__file__).parents[2]
_PREFIX = "The contexts of "
_CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = {
    contract["name"].removeprefix(_PREFIX): contract["layers"]
    for contract in _CONTRACTS
    if contract["name"].startswith(_PREFIX)
}
"""The contexts of each service, the highest first."""


def _rooms(folder: Path) -> list[Path]:
    return [path.parent for path in sorted(folder.glob("*/__init__.py"))]


def _floors(folder: Path) -> Iterator[Path]:
    yield folder
    for room in _rooms(folder):
        yield from _floors(room)


@pytest.mark.parametrize("service", LAYERS)
def test_a_floor_has_few_rooms(service: str) -> None:
    rooms = {str(floor.relative_to(ROOT)): len(_rooms(floor)) for floor in _floors(ROOT / "services" / service)}
    assert {floor: number for floor, number in rooms.items() if number > BUDGETS["rooms"]} == {}


@pytest.mark.parametrize("service", LAYERS)
def test_each_context_says_what_happens_there(service: str) -> None:
    contexts = _rooms(ROOT / "services" / service)
    pages = {path.name: ast.get_docstring(ast.parse((path / "__init__.py").read_text())) or "" for path in contexts}
    assert pages.keys() == set(LAYERS[service])
    assert {name: page for name, page in pages.items() if not 1 <= len(page.splitlines()) <= 5} == {}


def test_the_page_of_the_architecture_has_the_order_of_contexts() -> None:
    page = (ROOT / "docs" / "development" / "architecture.md").read_text()
    (drawing,) = re.findall(r"```\n(membership .*?)```", page, re.DOTALL)
    lines = re.sub(r"\n +", " ", drawing).splitlines()
    shown = {line.split()[0]: line.split(maxsplit=1)[1].split(" < ") for line in lines}
    assert shown == {service: layers[::-1] for service, layers in LAYERS.items()}
