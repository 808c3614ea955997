"""Every transition, every code of a guard and every state of every kind of record, from the code."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from services.actions.overview.countries.domain import RUNGS
from shared.kernel.lifecycle import Lifecycle, never
from tests.support.lifecycles import codes_of, lifecycles, refusal


@cache
def inventory() -> frozenset[str]:
    """All that some path has to show, in the terms of `step`, `refusal`, `state` and `pair`."""
    rungs = (state("actions.countries", str(rung)) for rung in range(len(RUNGS) + 1))
    return frozenset((*rungs, *(item for name, lifecycle in lifecycles() for item in _items(name, lifecycle))))


def step(resource: str, verb: str) -> str:
    return f"{resource} {verb}"


def state(resource: str, status: str) -> str:
    return f"{resource} = {status}"


def pair(resource: str, verb: str) -> str:
    """A transition that one proposes and another confirms."""
    return f"{resource} {verb} by two"


def _items(name: str, lifecycle: Lifecycle[Any]) -> Iterator[str]:
    yield from (state(name, status) for status in lifecycle.states)
    for transition in lifecycle.transitions:
        yield step(name, transition.verb)
        yield from (refusal(name, transition.verb, code) for code in codes_of(transition.guard))
        if transition.second_person is not never:
            yield pair(name, transition.verb)
