"""Panels of experts who score: their members, what they score, and conflicts of interest. Plain Python."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict
from uuid import UUID

from shared.kernel.errors import invalid_field
from shared.records.record import Texts

CHAIR, MEMBER = OFFICES = ("chair", "member")
YEARS_TOGETHER = 3
"""For how long after its end an affiliation with the same institution is a conflict of interest."""


class PanelMember(TypedDict):
    """An expert who scores, as chair or member."""

    expert_id: str
    office: str


class Criterion(TypedDict):
    """What is scored, and how much it counts."""

    key: str
    titles: Texts
    weight: float


class Conflict(TypedDict):
    """A member of a panel who has a conflict of interest about what is scored."""

    expert_id: str
    kind: str


def office_of(panel: Sequence[PanelMember], expert: UUID | None) -> str | None:
    """The office of an expert in a panel; None for somebody else."""
    return next((member["office"] for member in panel if member["expert_id"] == str(expert)), None)


def conflict_of(conflicts: Sequence[Conflict], expert: UUID | None) -> str | None:
    """The kind of the first conflict of an expert; None without any."""
    return next((one["kind"] for one in conflicts if one["expert_id"] == str(expert)), None)


def check_panel(panel: Sequence[PanelMember]) -> None:
    """Raises Invalid for an expert who is named twice, and for a second chair."""
    named: set[str] = set()
    for place, member in enumerate(panel):
        if member["expert_id"] in named:
            raise invalid_field(f"/panel/{place}/expert_id", "not_unique", "The panel names each expert once.")
        named.add(member["expert_id"])
    if sum(member["office"] == CHAIR for member in panel) > 1:
        raise invalid_field("/panel", "invalid_value", "A panel has one chair at most.")


def check_criteria(criteria: Sequence[Criterion]) -> None:
    """Raises Invalid for a key that is used twice."""
    keys = [criterion["key"] for criterion in criteria]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise invalid_field(f"/criteria/{place}/key", "not_unique", "Each criterion has a key of its own.")


def is_recent(ends: str | None, today: date) -> bool:
    """Whether an affiliation with this last day (a partial date, or none) ended within the last three years."""
    if ends is None:
        return True
    return ends >= f"{today.year - YEARS_TOGETHER:04}{today.isoformat()[4:]}"[: len(ends)]
