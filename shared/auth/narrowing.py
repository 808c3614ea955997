"""The grants of an API key: those of its owner, narrowed by the key."""

from collections.abc import Iterator
from dataclasses import replace

from shared.kernel.principal import Grant


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


def _in_both(these: frozenset[str], those: frozenset[str]) -> frozenset[str]:
    return frozenset(
        [name for name in these if _covers(those, name)] + [name for name in those if _covers(these, name)]
    )


def _covers(names: frozenset[str], name: str) -> bool:
    return name in names or f"{name.partition('.')[0]}.*" in names
