"""A declaration has at most twelve fields. More are parts: small declarations, each of one concern."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import pytest

from shared.records.record import Record
from tests.architecture.budgets import BUDGETS
from tests.architecture.test_conventions import PYTHON, ROOT

_WIDER = {"services.membership.register.affiliations.record.Affiliation": 20}
"""Those that have more, with their number of fields: a row of a table. No number grows and no name is added."""


def _declarations() -> Iterator[type[Any]]:
    """The dataclasses of services and shared, without records and errors."""
    for path in PYTHON:
        if path.is_relative_to(ROOT / "services") or path.is_relative_to(ROOT / "shared"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for found in vars(import_module(name)).values():
                is_own = isinstance(found, type) and found.__module__ == name
                if is_own and is_dataclass(found) and not issubclass(found, (Record, Exception)):
                    yield found


def _count(declaration: type[Any]) -> int:
    """The number of fields that its caller gives."""
    return sum(field.init for field in fields(declaration)) if is_dataclass(declaration) else 0


@pytest.mark.long("imports every module")
def test_a_declaration_has_at_most_twelve_fields() -> None:
    counts = {one: _count(one) for one in _declarations()}
    assert len(counts) > 200
    widened = {one: count for one, count in counts.items() if count > max(map(_count, one.__mro__[1:]))}
    wide = {
        f"{one.__module__}.{one.__qualname__}": count
        for one, count in widened.items()
        if count > BUDGETS["declaration"]
    }
    assert wide == _WIDER
