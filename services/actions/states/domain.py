"""The rules of assessments."""

from collections.abc import Collection, Iterator, Sequence

from services.actions.states.record import CodeState
from shared.kernel.errors import FieldError, Invalid, pointer_to

STATUSES = ("within", "transgressed", "unknown")
MOST_STATES = 500
MOST_ASSESSMENTS = 50


def check(states: Sequence[CodeState], known: Collection[str]) -> None:
    """Raises Invalid for a code that the edition lacks, or that is given twice."""
    if errors := list(_faults(states, known)):
        raise Invalid("The states cannot be stored; see errors.", errors=errors)


def _faults(states: Sequence[CodeState], known: Collection[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for n, state in enumerate(states):
        pointer, code = pointer_to("states", n, "code"), state["code"]
        if code not in known:
            yield FieldError("unknown_code", "The edition has no such code.", pointer=pointer)
        elif code in seen:
            yield FieldError("not_unique", "The code is given twice.", pointer=pointer)
        seen.add(code)
