"""The lifecycle of a target, and which values an indicator has."""

from collections.abc import Iterator

from services.actions.measurement.indicators.domain import CODED, NUMBERS
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.subjects.domain import is_on_scale, part_faults
from services.actions.measurement.targets.record import Target
from shared.kernel.errors import FieldError
from shared.kernel.lifecycle import Lifecycle

CURRENT = "current"
PUBLISHED = frozenset({CURRENT})
LIFECYCLE: Lifecycle[None] = Lifecycle((CURRENT,), ())
"""A target has no transitions."""


def faults(record: Target, of: Indicator) -> Iterator[FieldError]:
    """What is not a value or a part of the indicator."""
    if (record.value is not None) != (of.measure in NUMBERS):
        yield FieldError("value_mismatch", "A value for numbers, and for nothing else.", pointer="/value")
    if (record.code is not None) != (of.measure in CODED):
        yield FieldError("value_mismatch", "A code for scales, and for nothing else.", pointer="/code")
    elif record.code is not None and not is_on_scale(record.code, of):
        yield FieldError("value_mismatch", "Not a code of the scale.", pointer="/code")
    yield from part_faults([part["dimensions"] for part in record.breakdown], of)
