"""What services declare in one place is registered in the other: facts, reactions, verbs of roles, resources."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.registry import FACTS
from shared.records.following import ReferenceRewriter
from shared.records.record import fields_of
from shared.records.resource_type import ResourceType
from shared.web.request.route import EscmRoute

ROOT = Path(__file__).parents[2]
SERVICES = ("membership", "centres", "actions", "access")


_STANDARD = (
    "read", "history", "create", "update", "delete", "publish", "import", "oversee", "record", "search",
    "subject_export", "erase",
    "subject_export", "orcid_link",
)  # fmt: skip
"""Permissions that are not transitions."""
_WITHOUT_RESOURCE = {"tokens"}
"""Permissions of routes with names from OAuth."""


def _kinds(service: str) -> list[ResourceType[Any, Any]]:
    modules = [
        import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for name in ("operations", "pairs", "designation")
        for file in sorted(ROOT.glob(f"services/{service}/**/{name}.py"))
    ]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, ResourceType)]
    return [kind for kind in found if kind.resource.service == service]


def _permissions(service: str) -> Mapping[str, frozenset[tuple[str, str]]]:
    roles: Mapping[str, frozenset[tuple[str, str]]] = import_module(f"services.{service}.access").ROLES
    return roles


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_of_a_lifecycle_is_registered(service: str) -> None:
    kinds = _kinds(service)
    assert kinds
    for kind in kinds:
        named = {each.fact or each.target for each in kind.lifecycle.transitions} - {None}
        assert {kind.resource.fact(str(what)) for what in {"created", *named}} <= FACTS, kind.resource.name


@pytest.mark.parametrize("service", SERVICES)
def test_every_reaction_is_to_a_registered_fact(service: str) -> None:
    reactions = import_module(f"services.{service}.reactions").REACTIONS
    assert reactions
    assert set(reactions) <= FACTS


def _served(service: str) -> set[str]:
    app = import_module(f"services.{service}.app").create_app()
    routed = {route.resource.plural for route in app.routes if isinstance(route, EscmRoute)}
    return routed | {kind.resource.plural for kind in _kinds(service)} | _WITHOUT_RESOURCE


@pytest.mark.parametrize("service", SERVICES)
def test_every_permission_is_of_a_resource_that_is_served(service: str) -> None:
    granted = {plural for role in _permissions(service).values() for plural, _ in role} - {"*"}
    assert granted <= _served(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_granted_verb_can_be_taken(service: str) -> None:
    verbs = {kind.resource.plural: {*kind.lifecycle.verbs, *_STANDARD} for kind in _kinds(service)}
    granted = {pair for role in _permissions(service).values() for pair in role}
    assert {
        (plural, verb) for plural, verb in granted if verb not in verbs.get(plural, {verb}) and verb != "*"
    } == set()


@pytest.mark.parametrize("service", ["centres", "actions"])
def test_each_reference_to_what_may_be_merged_is_followed(service: str) -> None:
    rewriters = vars(import_module(f"services.{service}.merges"))
    followed = {name: one for name, one in rewriters.items() if isinstance(one, ReferenceRewriter)}
    assert followed.keys() == {"EXPERTS", "INSTITUTIONS"}
    for name, rewriter in followed.items():
        declared = {
            (kind.resource.plural, field.name)
            for kind in _kinds(service)
            for field in fields_of(kind.record).values()
            if field.refers is not None and field.refers.path == f"/membership/v1/{name.lower()}"
        }
        assert declared - {(one.kind.resource.plural, one.field) for one in rewriter.references} == set()
