"""Which role reads which kind of record and takes which next step, as a file of shared.contracts: access may not import
the services."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from sys import modules
from typing import Any

import orjson

from deploy.local.folder import PROJECT
from shared.contracts.registry import FACTS
from shared.kernel.principal import READ, RoleTable
from shared.kernel.resource import Resource
from shared.records.next_steps import NextStep, NextSteps
from shared.records.resource_type import ResourceType

SERVICES = ("membership", "centres", "actions", "access")
FILE = PROJECT / "shared" / "contracts" / "data" / "readers.json"
_READ_WITH = {"affiliation": "experts"}
"""Entities that are readable with the records that they belong to."""


def render() -> bytes:
    """The bytes of the file: the same role tables give the same bytes."""
    published = {service: _published(service) for service in SERVICES}
    return orjson.dumps(published, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def roles_of(service: str) -> RoleTable:
    """The role table of a service."""
    table: RoleTable = import_module(f"services.{service}.access").ROLES
    return table


@cache
def resources_of(service: str) -> Mapping[str, Resource]:
    """The present kinds of record of a service, by entity. A kind's own declaration takes precedence over its facts."""
    import_module(f"services.{service}.app")
    found = [value for value in _named(service) if isinstance(value, Resource)]
    found += [value.resource for value in _named(service) if isinstance(value, ResourceType)]
    return {resource.entity: resource for resource in found if resource.service == service}


def resource_types_of(service: str) -> list[ResourceType[Any, Any]]:
    """The kinds of record of a service, by resource: one for each lifecycle of a kind. Its app has been imported."""
    found = {
        (value.resource.plural, str([one.target for one in value.lifecycle.transitions])): value
        for value in _named(service)
        if isinstance(value, ResourceType) and value.resource.service == service
    }
    return [found[key] for key in sorted(found)]


def _named(service: str) -> Iterator[Resource | ResourceType[Any, Any] | NextSteps]:
    for name, module in sorted(modules.items()):
        if name.startswith(f"services.{service}."):
            for value in vars(module).values():
                if isinstance(value, ResourceType | Resource | NextSteps):
                    yield value


def _published(service: str) -> Mapping[str, Any]:
    known = resources_of(service)
    announced = {name.split(".")[2] for name in FACTS if name.startswith(f"escm.{service}.")}
    kinds = {entity: _READ_WITH.get(entity) or known[entity].plural for entity in announced & known.keys()}
    roles = {role: sorted(_readable(permissions)) for role, permissions in roles_of(service).items()}
    steps = {f"{plural}.{step.verb}": _takers(service, plural, step) for plural, step in _steps(service)}
    return {"entities": kinds, "roles": {role: plurals for role, plurals in roles.items() if plurals}, "steps": steps}


def _steps(service: str) -> Iterator[tuple[str, NextStep]]:
    """The next steps of offices, each with its kind of record."""
    for kind in _named(service):
        if isinstance(kind, NextSteps):
            yield from ((kind.plural, step) for step in kind.steps if not step.is_personal)


def _takers(service: str, plural: str, step: NextStep) -> list[str]:
    """The roles that take a next step."""
    wanted = {(plural, step.verb), (plural, "*"), ("*", step.verb), ("*", "*")}
    found = {role for role, permissions in roles_of(service).items() if wanted & permissions}
    return sorted(found if step.among is None else found & step.among)


def _readable(permissions: frozenset[tuple[str, str]]) -> set[str]:
    return {plural for plural, verb in permissions if verb in (READ, "*")}
