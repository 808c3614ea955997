"""The lifecycle of an indicator, and which of its fields fit together."""

from collections.abc import Iterable, Iterator

from services.actions.measurement.indicators.record import Dimension, Indicator
from shared.kernel.errors import FieldError, pointer_to
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.repeats import repeats

LEVELS = ("output", "outcome", "impact", "other")
NUMBERS = ("unit", "percentage")
CODED = ("nominal", "ordinal")
MEASURES = (*NUMBERS, *CODED, "qualitative")
DIRECTIONS = ("ascending", "descending", "none")
ACROSS = ("sum", "mean", "weighted_mean", "min", "max", "none")
OVER_TIME = ("sum", "mean", "latest", "none")
SUBJECTS = ("country", "action", "centre")
FREQUENCIES = ("year", "half_year", "quarter", "month")
SIDES = ("ecological", "security")
PUBLISHED = frozenset({"active", "retired"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition("publish", "draft", "active", fact="activated"),
        transition("retire", "active", "retired"),
    ),
)


def visibility_of(record: Indicator) -> str:
    """Who may know of an indicator once it is active: everybody with an account, or the network if it is national."""
    return "public" if record.country is None else "network"


def faults(record: Indicator) -> list[FieldError]:
    """What does not fit together in an indicator."""
    return [*_of_validity(record), *_of_measure(record), *_of_dimensions(record)]


def _of_validity(record: Indicator) -> Iterator[FieldError]:
    if (record.framework is None) == (record.country is None):
        yield FieldError("framework_or_country", "Either a framework or a country.", pointer="/framework")
    if record.valid_from and record.valid_to and record.valid_to < record.valid_from:
        yield FieldError("invalid_date", "An indicator ends after it begins.", pointer="/valid_to")
    if record.replaces_id == record.id:
        yield FieldError("self_relation", "An indicator does not replace itself.", pointer="/replaces_id")


def _of_measure(record: Indicator) -> Iterator[FieldError]:
    if (record.measure == "unit") != (record.unit is not None):
        yield FieldError("measure_mismatch", "A unit for the measure `unit`, and for no other.", pointer="/unit")
    if (record.measure in CODED) != bool(record.scale):
        yield FieldError("measure_mismatch", "A scale if nominal or ordinal, and else none.", pointer="/scale")
    if record.measure not in NUMBERS and record.across != "none":
        yield FieldError("measure_mismatch", "Only numbers become one number.", pointer="/across")
    if record.measure not in NUMBERS and record.over_time not in ("latest", "none"):
        yield FieldError("measure_mismatch", "Only numbers become one number.", pointer="/over_time")
    yield from _repeated(("scale",), "code", (one["code"] for one in record.scale))
    yield from _repeated(("scale",), "order", (one["order"] for one in record.scale))


def _of_dimensions(record: Indicator) -> Iterator[FieldError]:
    yield from _repeated(("disaggregations",), "key", (one["key"] for one in record.disaggregations))
    for place, dimension in enumerate(record.disaggregations):
        if bool(dimension.get("codes")) == (dimension.get("scheme") is not None):
            pointer = pointer_to("disaggregations", place, "codes")
            yield FieldError("codes_or_scheme", "Either codes or a scheme.", pointer=pointer)
        yield from _repeated(("disaggregations", place, "codes"), "code", _codes(dimension))


def _codes(dimension: Dimension) -> list[str]:
    return [one["code"] for one in dimension.get("codes") or ()]


def _repeated(path: tuple[str | int, ...], name: str, values: Iterable[str | int]) -> Iterator[FieldError]:
    for place in sorted(repeats(values)):
        yield FieldError("not_unique", "Each only once.", pointer=pointer_to(*path, place, name))


def frozen_changes(before: Indicator, wanted: Indicator) -> list[str]:
    """The fields that differ though values depend on them. Dimensions and their codes may be added."""
    fixed = ("measure", "unit", "scale", "across", "over_time", "reported_by")
    changed = [name for name in fixed if getattr(before, name) != getattr(wanted, name)]
    lost = _parts(before) - _parts(wanted)
    return [*changed, "disaggregations"] if lost else changed


def _parts(record: Indicator) -> set[tuple[str, str | None, str | None]]:
    schemes = {(one["key"], one.get("scheme"), None) for one in record.disaggregations}
    return schemes | {(one["key"], None, code) for one in record.disaggregations for code in _codes(one)}
