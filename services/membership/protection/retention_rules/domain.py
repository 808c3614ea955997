"""The lifecycle of a retention rule, what rules may name, and durations."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.membership.events.participations import domain as participations
from services.membership.selection.declarations import domain as declarations
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.step_up import STRONG

ERASE, DELETE = "erase", "delete"
DURATION = r"^P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?$"
_DURATION = re.compile(DURATION)
_DAYS = (365, 30, 7, 1)
_LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Retained:
    """What a rule may say about a kind of record: its action, and the states. `is_by_state`: a rule names one."""

    action: str
    states: tuple[str, ...]
    is_by_state: bool = False


RETAINED: Mapping[str, Retained] = {
    "experts": Retained(
        ERASE,
        ("prospect", "invited", "rejected", "lapsed", "resigned", "terminated", "deceased"),
        is_by_state=True,
    ),
    "declarations": Retained(DELETE, declarations.LIFECYCLE.states),
    "supports": Retained(DELETE, ("pending", "rejected"), is_by_state=True),
    "consents": Retained(DELETE, ("withdrawn", "superseded")),
    "nominations": Retained(DELETE, ("declined", "lapsed", "selected", "not_selected")),
    "participations": Retained(DELETE, participations.LIFECYCLE.states),
}
"""By resource. Neither members, applicants and suspended experts, nor consents in force, nor nominations that wait, nor
accepted supports are subject to a rule; of pending supports only signatures that nobody has confirmed."""
STATES = tuple(dict.fromkeys(state for one in RETAINED.values() for state in one.states))


@dataclass(frozen=True, slots=True)
class RuleGuardContext:
    """What the guards look at. `is_covered`: another active rule is about the resource and one of the states."""

    is_covered: bool


def _activatable(guard_context: RuleGuardContext) -> Literal["rule_in_force"] | None:
    return "rule_in_force" if guard_context.is_covered else None


LIFECYCLE: Lifecycle[RuleGuardContext] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition(
            "activate",
            "draft",
            "active",
            guard=_activatable,
            second_person=by_two,
            step_up=STRONG,
            fields=("second_person",),
            fact="activated",
        ),
        transition("retire", "draft|active", "retired", reason_required=True, step_up=STRONG),
    ),
)


def states_of(resource: str, state: str | None) -> tuple[str, ...]:
    """The states that a rule is about."""
    return RETAINED[resource].states if state is None else (state,)


def check(resource: str, state: str | None, after: str, action: str) -> None:
    """Raises Invalid for a state or action that rules about the resource do not have, and for a duration out of
    bounds."""
    retained = RETAINED[resource]
    if state is None and retained.is_by_state:
        raise invalid_field("/state", "required", "A rule about these records names a state.")
    if state is not None and state not in retained.states:
        raise invalid_field("/state", "not_one_of", f"One of: {', '.join(retained.states)}.")
    if action != retained.action:
        raise invalid_field("/action", "not_one_of", f"One of: {retained.action}.")
    days = sum(number * days for number, days in zip(_numbers(after), _DAYS, strict=True))
    if not 1 <= days <= _LONGEST_DAYS:
        raise invalid_field("/after", "out_of_range", "At least one day, and at most 100 years.")


def instant_before(after: str, at: datetime) -> datetime:
    """The instant before which a record has entered its state if the duration is over at `at`. A day that its month
    does not have becomes the last one."""
    years, months, weeks, days = _numbers(after)
    year, month = divmod(at.year * 12 + at.month - 1 - years * 12 - months, 12)
    last = monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last)) - timedelta(weeks=weeks, days=days)


def _numbers(after: str) -> tuple[int, ...]:
    """The years, months, weeks and days of a duration. Raises Invalid for another text."""
    found = _DURATION.match(after)
    if found is None:
        raise invalid_field("/after", "invalid_format", "A duration in years, months, weeks and days, such as P2Y.")
    return tuple(int(number or 0) for number in found.groups())
