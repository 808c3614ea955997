"""Which role reads which kind of record, of every service: what the feed asks, since access imports no other service.

`data/readers.json` is written by `escm matrix` from the services' role tables, and a test compares the two. It is read
when first asked for, so that it can be written anew.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from shared.kernel.principal import READ, PermissionScope, Principal, RoleTable


@cache
def entities() -> Mapping[str, str]:
    """The entity of a fact's type, `membership.expert`, with the resource that it is read as, `membership.experts`."""
    return {
        f"{service}.{entity}": f"{service}.{plural}"
        for service, published in _published().items()
        for entity, plural in published["entities"].items()
    }


def reads_everything(principal: Principal) -> bool:
    """Whether the principal reads every kind of record of every service, of every country."""
    return all(permission_scope_of(principal, f"{service}.*").everywhere for service in _published())


def permission_scope_of(principal: Principal, resource: str) -> PermissionScope:
    """How far the principal reads a resource of any service (`membership.experts`; `membership.*` is all it has)."""
    return principal.permission_scope(roles_of(resource.partition(".")[0]), resource, READ)


def roles_of(service: str) -> RoleTable:
    """Which role reads which kinds of record of a service."""
    return _readers()[service]


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
