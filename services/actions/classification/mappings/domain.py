"""The rules of mappings."""

from collections.abc import Collection, Iterator, Sequence

from services.actions.classification.mappings.record import Mapping
from shared.kernel.errors import FieldError, Invalid, pointer_to
from shared.kernel.repeats import repeats

INVERSE = {"exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad", "related": "related"}
"""Each relation as seen from the other code."""
RELATIONS = tuple(INVERSE)
MOST_AT_ONCE = 2_000
MOST = 20_000
"""The most mappings of a scheme."""


def check(scheme: str, given: Sequence[Mapping], unknown: Collection[tuple[str, str]]) -> None:
    """Raises Invalid for a mapping from another scheme, from or to an unknown code or to its own code, and for a pair
    of codes that is given twice."""
    if errors := list(_faults(scheme, given, unknown)):
        raise Invalid("The mappings cannot be stored; see errors. Nothing was stored.", errors=errors)


def _faults(scheme: str, given: Sequence[Mapping], unknown: Collection[tuple[str, str]]) -> Iterator[FieldError]:
    again = repeats(map(pair_of, given))
    for n, one in enumerate(given):
        pair = pair_of(one)
        if one.origin["scheme"] != scheme:
            detail = "The scheme of the address."
            yield FieldError("invalid_value", detail, pointer=pointer_to(n, "from", "scheme"))
        if pair[0] == pair[1]:
            yield FieldError("self_relation", "A code is not mapped to itself.", pointer=pointer_to(n, "to"))
        if n in again:
            yield FieldError("not_unique", "The mapping is given twice.", pointer=pointer_to(n))
        for end, key in zip(("from", "to"), pair, strict=True):
            if key in unknown:
                detail = "The current edition of the scheme has no such code."
                yield FieldError("unknown_code", detail, pointer=pointer_to(n, end, "code"))


def pair_of(mapping: Mapping) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both ends of a mapping, as scheme and code."""
    origin, target = mapping.origin, mapping.target
    return (origin["scheme"], origin["code"]), (target["scheme"], target["code"])
