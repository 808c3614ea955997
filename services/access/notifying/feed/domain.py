"""Which facts a caller gets: those of records that their grants permit them to read."""

from dataclasses import dataclass
from functools import lru_cache

from shared.contracts.readers import entities, permission_scope_of, reads_everything
from shared.kernel.principal import Principal

NOMINATION, SCORE = "membership.nomination", "membership.score"
SCANNED = 10_000
"""Most positions that one request reads, whatever the filter leaves out."""
MOST_RECORDS = 100
"""Most records that one request names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a caller chooses of their share: LIKE patterns of types, countries, and records by id or ref; None for
    all."""

    types: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    records: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A caller's share of the feed. `kinds` are the entities (`membership.expert`) of which it gets every fact;
    `places` are an entity with a country or a record after a bar (`membership.expert|XA`). `everything` is every fact
    of any kind. `own` are the records that the caller's grants name, with the one about the person: nominations are
    withheld from experts who have a conflict of interest."""

    everything: bool
    own: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @property
    def reach(self) -> list[str] | None:
        """The kinds, countries and records of which the share has facts; None for everything."""
        if self.everything:
            return None
        return sorted(self.kinds | {place.partition("|")[2] for place in self.places})


@lru_cache(256)
def share_of(principal: Principal) -> Share:
    """The share of the feed that the principal's grants, a client's narrowing and the sandbox permit.

    A fact without a country is for those who may read its kind everywhere, or that record. A fact of a record that
    changed its country is for both countries. A fact of a score is for those who may read all scores, since others read
    them after the decision.
    """
    own = own_records(principal)
    if reads_everything(principal):
        return Share(everything=True, own=own)
    kinds: list[str] = []
    places: list[str] = []
    for entity, resource in entities().items():
        reach = permission_scope_of(principal, resource)
        if reach.everywhere:
            kinds.append(entity)
        elif entity != SCORE:
            places += [f"{entity}|{part}" for part in sorted(reach.countries | reach.records)]
    return Share(False, own, frozenset(kinds), frozenset(places))


def own_records(principal: Principal) -> tuple[str, ...]:
    """The records that the principal's grants for nominations name: the person's own, and the calls of panels."""
    return tuple(sorted(permission_scope_of(principal, "membership.nominations").records))


def type_pattern(pattern: str) -> str:
    """A fact type, or its prefix followed by `*`, as a LIKE pattern. Raises ValueError for anything else."""
    beginning = pattern.removesuffix("*")
    if pattern == "*":
        return "%"
    if not beginning.replace(".", "").replace("_", "").isalnum() or not beginning.isascii() or len(pattern) > 100:
        raise ValueError("is a type of event, or its beginning with * at the end")
    return beginning.replace("_", r"\_") + ("%" if pattern.endswith("*") else "")
