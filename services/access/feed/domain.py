"""Which facts a caller gets: those of records that their grants permit them to read."""

from dataclasses import dataclass
from functools import lru_cache

from shared.contracts.readers import entities, permission_scope_of, reads_everything
from shared.kernel.principal import Principal

SCANNED = 10_000
"""Most positions that one request reads, whatever the filter leaves out."""


@dataclass(frozen=True, slots=True)
class Share:
    """A caller's share of the feed. `kinds` are the entities (`membership.expert`) of which it gets every fact;
    `places` are an entity with a country or a record after a bar (`membership.expert|XA`). `everything` is every fact
    of any kind."""

    everything: bool
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@lru_cache(256)
def share_of(principal: Principal) -> Share:
    """The share of the feed that the principal's grants, a client's narrowing and the sandbox permit.

    A fact without a country is for those who may read its kind everywhere, or that record. A fact of a record that
    changed its country is for both countries.
    """
    if reads_everything(principal):
        return Share(everything=True)
    kinds: list[str] = []
    places: list[str] = []
    for entity, resource in entities().items():
        reach = permission_scope_of(principal, resource)
        if reach.everywhere:
            kinds.append(entity)
        places += [f"{entity}|{part}" for part in sorted(reach.countries | reach.records) if not reach.everywhere]
    return Share(False, tuple(kinds), tuple(places))


def type_pattern(pattern: str) -> str:
    """A fact type, or its prefix followed by `*`, as a LIKE pattern. Raises ValueError for anything else."""
    beginning = pattern.removesuffix("*")
    if pattern == "*":
        return "%"
    if not beginning.replace(".", "").replace("_", "").isalnum() or not beginning.isascii() or len(pattern) > 100:
        raise ValueError("is a type of event, or its beginning with * at the end")
    return beginning.replace("_", r"\_") + ("%" if pattern.endswith("*") else "")
