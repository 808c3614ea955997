"""The lifecycle of a validation rule, and which of its fields fit together."""

from collections.abc import Iterator, Sequence

from services.actions.measurement.indicators.domain import NUMBERS
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.subjects.domain import has_part
from services.actions.measurement.validation_rules.record import Side, Term, ValidationRule
from shared.kernel.errors import FieldError, no_such, pointer_to
from shared.kernel.lifecycle import Lifecycle, transition

SEVERITIES = ("error", "warning")
PAIRS = ("compulsory_pair", "exclusive_pair")
OPERATORS = (
    "equal_to",
    "not_equal_to",
    "greater_than",
    "greater_than_or_equal_to",
    "less_than",
    "less_than_or_equal_to",
    *PAIRS,
)
MISSING = ("skip_if_any", "skip_if_all", "never_skip")
SAME, PREVIOUS = PERIODS = ("same", "previous")
MOST_TERMS = 20
BUILT_IN = ("breakdown_total", "percentage_range", "large_change")
"""The codes of the rules that validate every result."""
PUBLISHED = frozenset({"active", "retired"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition("publish", "draft", "active", fact="activated"),
        transition("retire", "active", "retired"),
    ),
)
_COMPARED = ("severity", "left", "operator", "right", "missing", "tolerance")


def visibility_of(record: ValidationRule) -> str:
    """Who may know of a rule once it is active: everybody with an account, or the network if it is national."""
    return "public" if record.country is None else "network"


def sides_of(record: ValidationRule) -> tuple[tuple[str, Side], tuple[str, Side]]:
    """Both sides by their names."""
    return ("left", record.left), ("right", record.right)


def terms_of(record: ValidationRule) -> list[tuple[str, Term]]:
    """The terms of both sides with their JSON pointers, those of `left` first."""
    return [
        (pointer_to(name, "terms", place), term)
        for name, side in sides_of(record)
        for place, term in enumerate(side["terms"])
    ]


def faults(record: ValidationRule) -> Iterator[FieldError]:
    """What does not fit together in a rule, whatever its indicators are."""
    if (record.framework is None) == (record.country is None):
        yield FieldError("framework_or_country", "Either a framework or a country.", pointer="/framework")
    if record.code in BUILT_IN:
        yield FieldError("not_unique", "A rule of every result has this code.", pointer="/code")
    if record.tolerance is not None and record.tolerance < 0:
        yield FieldError("out_of_range", "Zero or more.", pointer="/tolerance")
    yield from _of_sides(record)


def _of_sides(record: ValidationRule) -> Iterator[FieldError]:
    is_pair = record.operator in PAIRS
    for name, side in sides_of(record):
        pointer = pointer_to(name, "terms")
        if not side["terms"] and (is_pair or side["constant"] is None):
            detail = "Both sides of a pair have terms." if is_pair else "A side has terms, a constant, or both."
            yield FieldError("required", detail, pointer=pointer)
        if is_pair and side["constant"] is not None:
            pointer = pointer_to(name, "constant")
            yield FieldError("value_mismatch", "A pair compares no numbers.", pointer=pointer)
    if is_pair and record.tolerance is not None:
        yield FieldError("value_mismatch", "A pair compares no numbers.", pointer="/tolerance")
    if all(term["period"] == PREVIOUS for _, term in terms_of(record)):
        yield FieldError("required", "A rule has a term of the same period.", pointer="/left/terms")


def term_faults(record: ValidationRule, indicators: Sequence[Indicator | None]) -> Iterator[FieldError]:
    """The terms whose indicator is unknown, has no numbers, or has other subjects or dimensions, and those of a number
    that another term has. `indicators` are those of the terms, in their order."""
    subjects = [one.reported_by for one in indicators if one is not None]
    sides: dict[tuple[str, frozenset[tuple[str, str]], str], str] = {}
    for (pointer, term), indicator in zip(terms_of(record), indicators, strict=True):
        if fault := _indicator_fault(indicator, subjects):
            yield FieldError(*fault, pointer=f"{pointer}/indicator")
        if indicator is None:
            continue
        side = pointer.split("/")[1]
        before = sides.setdefault((str(indicator.id), frozenset(term["dimensions"].items()), term["period"]), pointer)
        if before != pointer:
            is_same_side = before.split("/")[1] == side
            detail = "Each number only once." if is_same_side else "A number is not compared with itself."
            yield FieldError("not_unique" if is_same_side else "self_relation", detail, pointer=pointer)
        for name, part in term["dimensions"].items():
            if not has_part(indicator, name, part):
                detail = "Not a dimension and code of the indicator."
                yield FieldError("unknown_dimension", detail, pointer=f"{pointer}/dimensions/{name}")


def _indicator_fault(indicator: Indicator | None, subjects: Sequence[str]) -> tuple[str, str] | None:
    """The code and the detail of what is wrong with the indicator of a term, if anything is."""
    if indicator is None:
        return "unknown_reference", no_such("indicator")
    if indicator.measure not in NUMBERS:
        return "measure_mismatch", "Only numbers are compared."
    if indicator.reported_by != subjects[0]:
        return "subject_mismatch", "All terms are of one kind of subject."
    return None


def chosen(record: ValidationRule, term: Term, candidates: Sequence[Indicator]) -> Indicator | None:
    """The indicator that a term of the rule names, by id or code: one of the rule's framework; for a national rule, one
    of the country, or else of a framework."""
    named = [one for one in candidates if term["indicator"] in (one.code, str(one.id))]
    if record.country is None:
        return next((one for one in named if one.framework == record.framework), None)
    own = [one for one in named if one.country == record.country]
    return next(iter([*own, *(one for one in named if one.country is None)]), None)


def fixed_changes(before: ValidationRule, wanted: ValidationRule) -> list[str]:
    """The fields that differ though an active or retired rule compares by them."""
    return [name for name in _COMPARED if getattr(before, name) != getattr(wanted, name)]
