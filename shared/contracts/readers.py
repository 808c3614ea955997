"""Which role reads which kind of record, and takes which next step, of every service. The feed and the work list need
it, since access imports no other service.

`escm matrix` writes `data/readers.json` from the services' role tables, and a test compares the two. The file is read
on first use, so that it can be regenerated.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from shared.kernel.principal import READ, PermissionScope, Principal, RoleTable


@cache
def entities() -> Mapping[str, str]:
    """The entity of a fact's type, `membership.expert`, and the resource whose permission it needs,
    `membership.experts`."""
    return {
        f"{service}.{entity}": f"{service}.{plural}"
        for service, published in _published().items()
        for entity, plural in published["entities"].items()
    }


def reads_everything(principal: Principal) -> bool:
    """Whether the principal reads all records of every service."""
    return all(permission_scope_of(principal, f"{service}.*").everywhere for service in _published())


def permission_scope_of(principal: Principal, resource: str) -> PermissionScope:
    """The permission scope for reading a resource of any service (`membership.experts`, or `membership.*` for all)."""
    return principal.permission_scope(roles_of(resource.partition(".")[0]), resource, READ)


def roles_of(service: str) -> RoleTable:
    """Which role reads which kinds of record of a service."""
    return _readers()[service]


@cache
def steps() -> Mapping[str, tuple[str, ...]]:
    """Every resource with the verbs of its next steps that offices take: `membership.experts` with `approve`."""
    found: dict[str, tuple[str, ...]] = {}
    for service, roles in _takers().items():
        for plural, verb in sorted(frozenset().union(*roles.values())):
            found[f"{service}.{plural}"] = (*found.get(f"{service}.{plural}", ()), verb)
    return found


def takers_of(service: str) -> RoleTable:
    """Which role takes which next steps of a service."""
    return _takers()[service]


@cache
def _takers() -> Mapping[str, RoleTable]:
    found: dict[str, dict[str, frozenset[tuple[str, str]]]] = {}
    for service, published in _published().items():
        table = found.setdefault(service, {})
        for step, roles in published["steps"].items():
            plural, _, verb = step.partition(".")
            for role in roles:
                table[role] = table.get(role, frozenset()) | {(plural, verb)}
    return found


@cache
def _readers() -> Mapping[str, RoleTable]:
    return {
        service: {role: frozenset((plural, READ) for plural in plurals) for role, plurals in published["roles"].items()}
        for service, published in _published().items()
    }


@cache
def _published() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files("shared.contracts").joinpath("data/readers.json").read_bytes())
    return found
