"""The parts of a whole that an indicator has, and the codes of its scale."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.actions.measurement.indicators.domain import NUMBERS
from services.actions.measurement.indicators.record import Indicator
from shared.kernel.errors import FieldError, pointer_to
from shared.kernel.repeats import repeats

MOST_PARTS = 2_000


def is_on_scale(code: str, of: Indicator) -> bool:
    """Whether the indicator's scale has the code."""
    return any(one["code"] == code for one in of.scale)


def has_part(of: Indicator, key: str, code: str) -> bool:
    """Whether the indicator has a dimension of this key with this code. `codes_of_schemes` names those to look up."""
    for one in of.disaggregations:
        if one["key"] == key:
            codes = one.get("codes") or ()
            return not codes or any(part["code"] == code for part in codes)
    return False


def codes_of_schemes(parts: Iterable[Mapping[str, str]], of: Indicator) -> Iterator[tuple[int, str, tuple[str, str]]]:
    """The codes in dimensions whose codes are those of a scheme: place of the part, key, and scheme with code."""
    schemes = {one["key"]: scheme for one in of.disaggregations if (scheme := one.get("scheme"))}
    for place, dimensions in enumerate(parts):
        for key in schemes.keys() & dimensions.keys():
            yield place, key, (schemes[key], dimensions[key])


def part_faults(parts: Sequence[Mapping[str, str]], of: Indicator) -> Iterator[FieldError]:
    """The parts that name what is not a dimension or a code of the indicator, or that are given twice."""
    if parts and of.measure not in NUMBERS:
        yield FieldError("value_mismatch", "Only numbers have parts.", pointer="/breakdown")
        return
    again = repeats(frozenset(dimensions.items()) for dimensions in parts)
    for place, dimensions in enumerate(parts):
        pointer = pointer_to("breakdown", place, "dimensions")
        if place in again:
            yield FieldError("not_unique", "Each part only once.", pointer=pointer)
        for name, value in dimensions.items():
            if not has_part(of, name, value):
                yield FieldError("unknown_dimension", "Not a dimension and code of the indicator.", pointer=pointer)
