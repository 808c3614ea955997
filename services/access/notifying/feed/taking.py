"""Whether a new fact may be for somebody, so that it is worth reading the feed."""

from services.access.notifying.feed.domain import Choice, Share
from shared.contracts.envelope import Fact


def may_take(share: Share, choice: Choice, fact: Fact) -> bool:
    """Whether a new fact may be for the caller, so that it is worth reading the feed; what is withheld from experts is
    not asked."""
    if choice.countries is not None and not {fact.country, fact.country_left} & set(choice.countries):
        return False
    if choice.records is not None and not {fact.ref, str(fact.subject)} & set(choice.records):
        return False
    if choice.types is not None and not any(_is_like(fact.type, pattern) for pattern in choice.types):
        return False
    _, service, entity, _ = fact.type.split(".", 3)
    kind = f"{service}.{entity}"
    named = (fact.country, fact.country_left, str(fact.subject))
    return share.everything or kind in share.kinds or any(f"{kind}|{part}" in share.places for part in named if part)


def _is_like(kind: str, pattern: str) -> bool:
    beginning = pattern.replace(r"\_", "_").removesuffix("%")
    return kind.startswith(beginning) if pattern.endswith("%") else kind == beginning
