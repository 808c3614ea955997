"""The grants of an API key, and of a client for a person who signed in to it: those of the person, narrowed."""

from collections.abc import Iterator
from dataclasses import replace

from shared.kernel.principal import READ, Grant, Principal

WHOLE_SCOPE = "*:read *:write"
"""The scope of tokens that are not narrowed."""
_WRITE = "write"


def narrowed(
    grant: Grant, resources: frozenset[str], verbs: frozenset[str], countries: frozenset[str] | None
) -> Iterator[Grant]:
    """The grants that remain of one grant. With `countries`, scopes that do not consist of countries give none."""
    both = replace(
        grant,
        resources=resources if grant.resources is None else _in_both(grant.resources, resources),
        verbs=verbs if grant.verbs is None else grant.verbs & verbs,
    )
    if countries is None:
        yield both
        return
    for code in sorted(grant.countries & countries):
        yield replace(both, scope_kind="country", scope_id=code)


def within_scope(principal: Principal, scope: str) -> Principal:
    """The person as a client with a token of this scope acts for them: `membership.experts:read openid`."""
    pairs = frozenset(
        (resource, verb) for resource, colon, verb in (word.partition(":") for word in scope.split()) if colon
    )
    if {("*", READ), ("*", _WRITE)} <= pairs:
        return principal
    grants = tuple(
        one
        for verb in (READ, _WRITE)
        if (resources := frozenset(resource for resource, kind in pairs if kind == verb))
        for grant in principal.grants
        for one in _for_one_verb(grant, resources, verb)
    )
    return replace(principal, grants=grants, scopes=pairs, _permission_scopes={})


def _for_one_verb(grant: Grant, resources: frozenset[str], verb: str) -> Iterator[Grant]:
    verbs = frozenset((verb,))
    if "*" not in resources:
        yield from narrowed(grant, resources, verbs, None)
    else:
        yield replace(grant, verbs=verbs if grant.verbs is None else grant.verbs & verbs)


def _in_both(these: frozenset[str], those: frozenset[str]) -> frozenset[str]:
    return frozenset(
        [name for name in these if _covers(those, name)] + [name for name in those if _covers(these, name)]
    )


def _covers(names: frozenset[str], name: str) -> bool:
    return name in names or f"{name.partition('.')[0]}.*" in names
