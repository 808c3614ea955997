"""The lifecycles of the code, by the names of their resources, and the codes that their guards declare."""

import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import services
import shared
from shared.kernel.lifecycle import Lifecycle
from shared.records.resource_type import ResourceType

_WITHOUT_KIND = {
    "membership.affiliations": "services.membership.register.affiliations.domain",
    "membership.imports": "shared.bulk.imports",
}
"""Modules of lifecycles that no resource type in a module uses."""


def refusal(resource: str, verb: str, code: str) -> str:
    return f"{resource} {verb}: {code}"


def lifecycles(service: str = "") -> Iterator[tuple[str, Lifecycle[Any]]]:
    """Each lifecycle with the name of its resource, by default of all services. AssertionError for an unknown
    resource."""
    known: dict[int, Lifecycle[Any]] = {}
    owners: dict[str, dict[int, Lifecycle[Any]]] = defaultdict(dict)
    for value in (value for module in _modules(service) for value in vars(module).values()):
        if isinstance(value, Lifecycle):
            known[id(value)] = value
        elif isinstance(value, ResourceType):
            owners[value.resource.name][id(value.lifecycle)] = value.lifecycle
    for name, module in _WITHOUT_KIND.items():
        lifecycle = import_module(module).LIFECYCLE
        owners[name][id(lifecycle)] = lifecycle
    named = {key for held in owners.values() for key in held}
    assert known.keys() <= named, [found.states for key, found in known.items() if key not in named]
    for name, held in owners.items():
        if name.startswith(f"{service}." if service else ""):
            yield from ((name, lifecycle) for lifecycle in held.values())


def codes_of(guard: Callable[..., str | None]) -> frozenset[str]:
    """The codes that a guard returns, from its return type. AssertionError if that names none."""
    hint = get_type_hints(guard)["return"]
    assert str not in (hint, *get_args(hint)), f"{guard.__qualname__} does not name the codes that it returns"
    return frozenset(literals(hint))


def literals(hint: Any) -> Iterator[str]:
    """The texts that a type of literals allows."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif hint is not NoneType:
        for part in get_args(hint):
            yield from literals(part)


def _modules(service: str) -> Iterator[ModuleType]:
    packages = (import_module(f"services.{service}"),) if service else (services, shared)
    for package in packages:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(module.name)
