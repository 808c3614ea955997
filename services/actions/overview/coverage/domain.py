"""Which tags count for which codes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from services.actions.classification.codes.domain import ancestors
from services.actions.classification.schemes.record import Tag

RELATIONS = ("exact", "narrow")
"""The relations of mappings by which records of another scheme count."""


class Counted(NamedTuple):
    """A code of the scheme, and a tag that counts for it."""

    target: str
    scheme: str
    code: str


MOST_ORPHANS = 200
MOST_LATEST = 20
"""The most indicators of a code whose latest values are read."""


def counted(
    scheme: str, parents: Mapping[str, str | None], mapped: Iterable[tuple[str, Tag, str]], targets: Collection[str]
) -> set[Counted]:
    """What counts for the targets: their own tags and those of the codes below them, and the tags of codes that are
    mapped to one of these."""

    def above(code: str) -> Iterator[str]:
        return (target for target in (code, *ancestors(code, parents)) if target in targets)

    own = {Counted(target, scheme, code) for code in parents for target in above(code)}
    return own | {Counted(target, tag["scheme"], tag["code"]) for code, tag, _ in mapped for target in above(code)}


def split(given: Iterable[Counted]) -> tuple[list[Counted], list[Counted]]:
    """What counts for targets for which nothing else does, and the others."""
    by_target: dict[str, list[Counted]] = {}
    for one in given:
        by_target.setdefault(one.target, []).append(one)
    alone = [ones[0] for ones in by_target.values() if len(ones) == 1]
    return alone, [one for ones in by_target.values() if len(ones) > 1 for one in ones]
