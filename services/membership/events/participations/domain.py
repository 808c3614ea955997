"""The lifecycle of a participation."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.membership.events.participations.record import Participation
from shared.kernel.lifecycle import Lifecycle, transition

ROLES = ("participant", "speaker", "chair", "organiser", "student")
MODES = ("onsite", "online")
REGISTERED, ATTENDED, SUPERSEDED = "registered", "attended", "superseded"
LIVING = (REGISTERED, ATTENDED)
"""The states of which an expert has one participation for each congress and role."""
CongressFault: TypeAlias = Literal["congress_cancelled", "congress_not_begun"]


@dataclass(frozen=True, slots=True)
class ParticipationGuardContext:
    """What the guards look at. `fault`: why nobody takes part in the congress yet, or ever."""

    fault: CongressFault | None


def _takes_place(guard_context: ParticipationGuardContext) -> CongressFault | None:
    return guard_context.fault


LIFECYCLE: Lifecycle[ParticipationGuardContext] = Lifecycle(
    (REGISTERED, ATTENDED, "absent", SUPERSEDED),
    (
        transition("attend", REGISTERED, ATTENDED, guard=_takes_place),
        transition("absent", REGISTERED, "absent", guard=_takes_place),
        transition("supersede", "|".join(LIVING), SUPERSEDED, is_scheduled=True),
    ),
)


def counts_before(one: Participation, other: Participation) -> bool:
    """Which of two participations of one person counts: an attended one, else the earlier."""
    return (one.status != ATTENDED, one.id) < (other.status != ATTENDED, other.id)
