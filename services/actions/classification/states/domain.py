"""The rules of assessments."""

from collections.abc import Collection, Iterator, Sequence

from services.actions.classification.states.record import CodeState
from shared.kernel.errors import FieldError, Invalid, pointer_to
from shared.kernel.repeats import repeats

STATUSES = ("within", "transgressed", "unknown")
MOST_STATES = 500
MOST_ASSESSMENTS = 50


def check(states: Sequence[CodeState], known: Collection[str]) -> None:
    """Raises Invalid for a code that the edition lacks, or that is given twice."""
    if errors := list(_faults(states, known)):
        raise Invalid("The states cannot be stored; see errors.", errors=errors)


def _faults(states: Sequence[CodeState], known: Collection[str]) -> Iterator[FieldError]:
    again = repeats(state["code"] for state in states)
    for n, state in enumerate(states):
        pointer = pointer_to("states", n, "code")
        if state["code"] not in known:
            yield FieldError("unknown_code", "The edition has no such code.", pointer=pointer)
        elif n in again:
            yield FieldError("not_unique", "The code is given twice.", pointer=pointer)
