"""Whether a new fact may be for somebody, so that it is worth reading the feed."""

from dataclasses import dataclass
from typing import Self

from services.access.notifying.feed.domain import Choice, Share
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True)
class NewFact:
    """A new fact, with what is compared for each follower: the kind of its record, the names of the record and its
    countries, and the places of a share that have it."""

    fact: Fact
    kind: str
    names: frozenset[str]
    countries: frozenset[str]
    places: tuple[str, ...]

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The fact with these."""
        _, service, entity, _ = fact.type.split(".", 3)
        kind, subject = f"{service}.{entity}", str(fact.subject)
        countries = frozenset(country for country in (fact.country, fact.country_left) if country)
        places = tuple(f"{kind}|{part}" for part in (*countries, subject))
        return cls(fact, kind, frozenset((fact.ref, subject)), countries, places)


def may_take(share: Share, choice: Choice, new: NewFact) -> bool:
    """Whether a new fact may be for the caller; what is withheld from experts is not asked."""
    if choice.records is not None and new.names.isdisjoint(choice.records):
        return False
    if choice.countries is not None and new.countries.isdisjoint(choice.countries):
        return False
    if choice.types is not None and not any(_is_like(new.fact.type, pattern) for pattern in choice.types):
        return False
    return share.everything or new.kind in share.kinds or not share.places.isdisjoint(new.places)


def _is_like(kind: str, pattern: str) -> bool:
    if pattern == "%":
        return True
    beginning = pattern.replace(r"\_", "_").removesuffix("%")
    return kind.startswith(beginning) if pattern.endswith("%") else kind == beginning
