"""The lifecycle of a country programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from services.actions.governments.endorsements.domain import ENDORSEMENT_LEVEL
from services.actions.plan.frameworks.domain import PILLARS
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.step_up import WAIVER

PUBLISHED = frozenset({"approved", "implementing", "completed"})
ENDED = frozenset({"completed", "discontinued"})


_MISSING = {"core": "centre_missing", **dict.fromkeys(PILLARS, "actions_missing")}


class Element(TypedDict):
    """One of the four: whether it is there, the day since when, or the code of what is missing."""

    key: str
    met: bool
    since: str | None
    reason: str | None


def elements(since: Mapping[str, str]) -> list[Element]:
    """The centre and the three pillars, from the days since when they are there: the country has a designated centre
    that is active or in renewal, and a pillar an action under way, finishing or closed."""
    return [
        {"key": key, "met": key in since, "since": since.get(key), "reason": None if key in since else reason}
        for key, reason in _MISSING.items()
    ]


@dataclass(frozen=True, slots=True)
class ProgrammeGuardContext:
    """The inputs of the guards. A pillar is covered by an action that was not cancelled, and has a baseline if one of
    those actions records the figure from which its progress is measured, or a baseline of one of its indicators was
    submitted."""

    has_committee: bool
    has_centre: bool
    pillars_covered: int
    pillars_with_baseline: int
    endorsement_level: int
    has_waiver: bool
    has_valid_framework: bool
    open_actions: int
    waiver_fault: Literal["waiver_not_permitted"] | None
    """Why the caller may not give the waiver, or None. Read only if there is a waiver."""


def _has_committee(guard_context: ProgrammeGuardContext) -> Literal["committee_missing"] | None:
    return None if guard_context.has_committee else "committee_missing"


def _is_planned(
    guard_context: ProgrammeGuardContext,
) -> Literal["actions_missing", "centre_missing", "baselines_missing"] | None:
    if guard_context.pillars_covered < 3:
        return "actions_missing"
    if not guard_context.has_centre:
        return "centre_missing"
    return None if guard_context.pillars_with_baseline == 3 else "baselines_missing"


def _may_start(
    guard_context: ProgrammeGuardContext,
) -> Literal["framework_not_valid", "endorsement_missing", "waiver_not_permitted"] | None:
    if not guard_context.has_valid_framework:
        return "framework_not_valid"
    if guard_context.endorsement_level >= ENDORSEMENT_LEVEL:
        return None
    return guard_context.waiver_fault if guard_context.has_waiver else "endorsement_missing"


def _without_endorsement(guard_context: ProgrammeGuardContext) -> bool:
    return guard_context.endorsement_level < ENDORSEMENT_LEVEL


def _is_done(guard_context: ProgrammeGuardContext) -> Literal["actions_open"] | None:
    return "actions_open" if guard_context.open_actions else None


LIFECYCLE: Lifecycle[ProgrammeGuardContext] = Lifecycle(
    (
        "exploring",
        "designing",
        "plan_review",
        "approved",
        "implementing",
        "paused",
        "completed",
        "discontinued",
    ),
    (
        transition("launch", "exploring", "designing", guard=_has_committee),
        transition("submit_plan", "designing", "plan_review", guard=_is_planned),
        transition("approve", "plan_review", "approved"),
        transition("return", "plan_review", "designing", reason_required=True),
        transition(
            "start",
            "approved",
            "implementing",
            guard=_may_start,
            second_person=_without_endorsement,
            fields=("waiver",),
            step_up=WAIVER,
        ),
        transition("pause", "implementing", "paused", reason_required=True),
        transition("resume", "paused", "implementing"),
        transition("complete", "implementing", "completed", guard=_is_done),
        transition(
            "discontinue",
            "exploring|designing|plan_review|approved|paused",
            "discontinued",
            reason_required=True,
        ),
    ),
)
LAUNCHED = tuple(status for status in LIFECYCLE.states if status not in ("exploring", "discontinued"))
"""The states of a programme whose country is expected to report."""
