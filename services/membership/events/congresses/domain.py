"""The lifecycle of a congress."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.membership.events.congresses.record import Congress
from shared.kernel.lifecycle import Lifecycle, transition

MODES = ("online", "onsite", "hybrid")
LINK_KINDS = ("indico", "web")
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CongressGuardContext:
    """What the guards look at. `has_begun`: the first day has come."""

    has_begun: bool


def _begun(guard_context: CongressGuardContext) -> Literal["congress_not_begun"] | None:
    return None if guard_context.has_begun else "congress_not_begun"


LIFECYCLE: Lifecycle[CongressGuardContext] = Lifecycle(
    ("planned", "held", CANCELLED),
    (transition("hold", "planned", "held", guard=_begun), transition("cancel", "planned", CANCELLED)),
)
PUBLISHED = frozenset(LIFECYCLE.states)


def has_begun(record: Congress, today: date) -> bool:
    """Whether the first day of the congress has come."""
    return record.starts <= today
