"""The codes that the code gives to people: reasons of refusals, and verbs of histories, found in its modules."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from typing import Any

from services.access.access import SuccessorFault
from services.access.authority.grants.delegation import why_not_delegable
from services.access.principals.api_keys.domain import why_not_make
from services.membership.register.merges.domain import ResolutionFault
from services.membership.register.merges.pairing import LivingFault
from services.membership.selection.nominations.domain import OpeningFault
from shared.auth.second_person import SecondPersonFault
from shared.kernel.lifecycle import Lifecycle
from shared.records.pending import Ending
from tests.support.lifecycles import codes_of, lifecycles, literals

ROOT = Path(__file__).parents[2]
NAMED: Mapping[str, Any] = {
    "services.access.principals.api_keys.operations": why_not_make,
    "services.access.authority.grants.authority": SuccessorFault,
    "services.access.authority.grants.delegation": why_not_delegable,
    "services.membership.register.merges.operations": ResolutionFault,
    "services.membership.register.merges.pairing": LivingFault,
    "services.membership.selection.nominations.operations": OpeningFault,
    "shared.auth.second_person": SecondPersonFault,
    "shared.kernel.lifecycle": frozenset({"not_in_this_state"}),
    "shared.web.records.pending": Ending,
}
"""The modules that refuse for a reason in a variable, with its type or the function that returns it. The lifecycle's
other reasons are those of the guards."""
WRITTEN: Mapping[str, frozenset[str]] = {
    "services.access.principals.clients.operations": frozenset({"add_secret", "propose_secret"}),
    "shared.records.pending": frozenset(f"transition_{end}" for end in ("proposed", *literals(Ending))),
}
"""The modules whose verbs of histories are in a variable."""
JOB_STATES = frozenset({"queued", "running", "succeeded", "failed", "cancelled"})
_WRITING = {"record_change": 1, "_record_change": 2, "write": 1, "write_alike": 1, "write_aside": 1}
"""The functions that record a change, and the first argument that may be its verb."""


def reasons(module: str, source: str) -> Iterator[str]:
    """The reasons for which a module refuses, beside those of guards. AssertionError for a reason in a variable that
    `NAMED` does not have."""
    for value in _values(ast.parse(source)):
        if isinstance(value, ast.Constant):
            yield value.value
        elif isinstance(value, ast.IfExp):
            yield from (ast.literal_eval(part) for part in (value.body, value.orelse))
        else:
            assert module in NAMED, f"{module} refuses with a reason in a variable: add its type to NAMED"
            yield from _codes(NAMED[module])


def _values(tree: ast.Module) -> Iterator[ast.expr]:
    """The values of `reason` in dictionaries that are the `members` of a problem."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="members", value=ast.Dict() as found):
                pass
            case ast.Assign(targets=[ast.Name("members")], value=ast.Dict() as found):
                pass
            case _:
                continue
        pairs = zip(found.keys, found.values, strict=True)
        yield from (value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "reason")


def _codes(named: Any) -> frozenset[str]:
    if isinstance(named, frozenset):
        return named
    return codes_of(named) if isfunction(named) else frozenset(literals(named))


def verbs(module: str, source: str) -> Iterator[str]:
    """The verbs of changes that a module records without a transition: a text or a constant of the module."""
    yield from WRITTEN.get(module, ())
    for node in ast.walk(ast.parse(source)):
        name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in _WRITING and len(node.args) > _WRITING[name]:
            verb = next((found for one in node.args[1:3] if (found := _text(module, one)) is not None), None)
            if verb is not None:
                yield verb


def _text(module: str, value: ast.expr) -> str | None:
    if isinstance(value, ast.Name) and value.id.isupper():
        found = getattr(import_module(module), value.id)
    else:
        found = value.value if isinstance(value, ast.Constant) else None
    return found if isinstance(found, str) else None


def modules(*words: str) -> Iterator[tuple[str, str]]:
    """The modules of services and shared that contain one of the words, with their source."""
    for room in ("services", "shared"):
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if any(word in source for word in words):
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), source


@cache
def all_reasons() -> frozenset[str]:
    """Every reason for which a step is refused: of guards, and of problems."""
    guards = {code for _, lifecycle in lifecycles() for one in lifecycle.transitions for code in codes_of(one.guard)}
    refused = {code for module, source in modules('"reason"') for code in reasons(module, source)}
    return frozenset(guards | refused)


@cache
def verbs_by_resource() -> Mapping[str, frozenset[str]]:
    """The verbs of the lifecycles, by resource."""
    return _by_resource(lambda lifecycle: (one.verb for one in lifecycle.transitions))


@cache
def states_by_resource() -> Mapping[str, frozenset[str]]:
    """The states of the lifecycles, by resource."""
    return _by_resource(lambda lifecycle: lifecycle.states)


def _by_resource(codes: Callable[[Lifecycle[Any]], Iterable[str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, lifecycle in lifecycles():
        found[name] = found.get(name, frozenset()).union(codes(lifecycle))
    return found


@cache
def all_states() -> frozenset[str]:
    """Every state of a record or a job."""
    return JOB_STATES.union(*states_by_resource().values())


@cache
def all_verbs() -> frozenset[str]:
    """Every verb of a transition or a history."""
    written = {verb for module, source in modules(*_WRITING) for verb in verbs(module, source)}
    return frozenset().union(written, *verbs_by_resource().values())
