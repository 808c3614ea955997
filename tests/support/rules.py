"""Rules as tables: what the guards of a lifecycle say to a context, asked without HTTP and without a database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Lifecycle, Transition, always
from tests.support.lifecycles import codes_of, lifecycles, refusal

_REASON = "The table asks for it."
Row: TypeAlias = tuple[str, Any, str | None]
"""A verb, a guard context, and the code of the refusal; None if the guard permits the transition."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows of one lifecycle."""

    resource: str
    lifecycle: Lifecycle[Any]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row, which holds for every state that the verb leaves under a guard."""

    resource: str
    lifecycle: Lifecycle[Any]
    verb: str
    guard_context: Any
    code: str | None

    @property
    def name(self) -> str:
        return _name(self.resource, self.verb, self.code)

    def expected(self) -> dict[str, str | None]:
        """The code of the row by state."""
        return {
            status: self.code
            for transition in _guarded(self.lifecycle)
            if transition.verb == self.verb
            for status in transition.sources
        }

    def refused(self) -> dict[str, str | None]:
        """What a request of the transition is refused with, by state."""
        return {status: self._refused(status) for status in self.expected()}

    def shown(self) -> dict[str, str | None]:
        """What `allowed_actions` shows as the reason, by state."""
        actions = {
            status: self.lifecycle.available_actions(status, self.guard_context, _may, status)
            for status in self.expected()
        }
        return {status: one.reason for status, found in actions.items() for one in found if one.action == self.verb}

    def _refused(self, status: str) -> str | None:
        try:
            fields = self.lifecycle.of(self.verb, status).required
            self.lifecycle.advance(
                status, self.verb, self.guard_context, _may, reason=_REASON, fields=fields, previous=status
            )
        except Conflict as refused:
            return str(refused.members["reason"])
        return None


def rules_of(tables: Iterable[Rules]) -> list[Any]:
    """Each row of the tables as a parameter of a test."""
    rules = (Rule(table.resource, table.lifecycle, *row) for table in tables for row in table.rows)
    return [pytest.param(rule, id=rule.name) for rule in rules]


def covered(tables: Iterable[Rules]) -> set[str]:
    """What the tables have rows for: each code of a verb, and each permitted verb."""
    return {_name(table.resource, verb, code) for table in tables for verb, _, code in table.rows}


def declared(service: str) -> set[str]:
    """What the guards of a service declare, in the terms of `covered`."""
    return {
        _name(resource, transition.verb, code)
        for resource, lifecycle in lifecycles(service)
        for transition in _guarded(lifecycle)
        for code in (None, *codes_of(transition.guard))
    }


def _guarded(lifecycle: Lifecycle[Any]) -> Iterator[Transition[Any]]:
    return (transition for transition in lifecycle.transitions if transition.guard is not always)


def _name(resource: str, verb: str, code: str | None) -> str:
    return f"{resource} {verb}" if code is None else refusal(resource, verb, code)


def _may(_verb: str) -> bool:
    return True
