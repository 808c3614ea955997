"""Every transition, every code of a guard and every state of every kind of record, from the code."""

import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import services
import shared
from services.actions.countries.domain import RUNGS
from services.membership.affiliations import domain as affiliations
from shared.bulk import imports
from shared.kernel.lifecycle import Lifecycle, never
from shared.records.resource_type import ResourceType

_WITHOUT_KIND = {"membership.affiliations": affiliations.LIFECYCLE, "membership.imports": imports.LIFECYCLE}
"""Lifecycles that no resource type in a module uses."""


@cache
def inventory() -> frozenset[str]:
    """All that some path has to show, in the terms of `step`, `refusal`, `state` and `pair`."""
    rungs = (state("actions.countries", str(rung)) for rung in range(len(RUNGS) + 1))
    return frozenset((*rungs, *(item for name, lifecycle in lifecycles() for item in _items(name, lifecycle))))


def step(resource: str, verb: str) -> str:
    return f"{resource} {verb}"


def refusal(resource: str, verb: str, code: str) -> str:
    return f"{resource} {verb}: {code}"


def state(resource: str, status: str) -> str:
    return f"{resource} = {status}"


def pair(resource: str, verb: str) -> str:
    """A transition that one proposes and another confirms."""
    return f"{resource} {verb} by two"


def lifecycles() -> Iterator[tuple[str, Lifecycle[Any]]]:
    """Each lifecycle with the name of its resource. AssertionError for an unknown resource."""
    known: dict[int, Lifecycle[Any]] = {}
    owners: dict[str, dict[int, Lifecycle[Any]]] = defaultdict(dict)
    for value in (value for module in _modules() for value in vars(module).values()):
        if isinstance(value, Lifecycle):
            known[id(value)] = value
        elif isinstance(value, ResourceType):
            owners[value.resource.name][id(value.lifecycle)] = value.lifecycle
    for name, lifecycle in _WITHOUT_KIND.items():
        owners[name][id(lifecycle)] = lifecycle
    named = {key for held in owners.values() for key in held}
    assert known.keys() <= named, [found.states for key, found in known.items() if key not in named]
    yield from ((name, lifecycle) for name, held in owners.items() for lifecycle in held.values())


def codes_of(guard: Callable[..., str | None]) -> frozenset[str]:
    """The codes that a guard returns, from its return type. AssertionError if that names none."""
    hint = get_type_hints(guard)["return"]
    assert str not in (hint, *get_args(hint)), f"{guard.__qualname__} does not name the codes that it returns"
    return frozenset(_literals(hint))


def _literals(hint: Any) -> Iterator[str]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif hint is not NoneType:
        for part in get_args(hint):
            yield from _literals(part)


def _items(name: str, lifecycle: Lifecycle[Any]) -> Iterator[str]:
    yield from (state(name, status) for status in lifecycle.states)
    for transition in lifecycle.transitions:
        yield step(name, transition.verb)
        yield from (refusal(name, transition.verb, code) for code in codes_of(transition.guard))
        if transition.second_person is not never:
            yield pair(name, transition.verb)


def _modules() -> Iterator[ModuleType]:
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(module.name)
