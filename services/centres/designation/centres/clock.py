"""The clock of a file: who has it in each stage, until when, and for how long each has had it. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.centres.designation.centres.record import Centre

APPLICANT, SECRETARIAT, REVIEWERS, HOST, GOVERNMENT = "applicant", "secretariat", "reviewers", "host", "government"
HOLDERS = (APPLICANT, SECRETARIAT, REVIEWERS, HOST, GOVERNMENT)
HELD = (
    "draft",
    "submitted",
    "under_review",
    "info_requested",
    "awaiting_agreement",
    "renewal_due",
    "renewal_review",
)
"""The states in which somebody has the file; only in these the clock runs."""
HANDED_OVER = frozenset({"under_review", "awaiting_agreement"})
"""The states in which the file passes from one holder to the next without a step of the centre."""
REVIEWS_ASKED = 2


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the file waits for and has arrived: the number of reviewers without a conflict of interest, a host
    agreement that is in force, and a valid endorsement of a sufficient level."""

    reviews: int = 0
    is_agreed: bool = False
    is_endorsed: bool = False


def holder_of(stage: str, arrived: Arrived) -> str | None:
    """Who has the file in this state; None if it waits for nobody."""
    match stage:
        case "draft" | "info_requested" | "renewal_due":
            return APPLICANT
        case "submitted" | "renewal_review":
            return SECRETARIAT
        case "under_review":
            return REVIEWERS if arrived.reviews < REVIEWS_ASKED else SECRETARIAT
        case "awaiting_agreement" if not arrived.is_agreed:
            return HOST
        case "awaiting_agreement":
            return SECRETARIAT if arrived.is_endorsed else GOVERNMENT
    return None


def entered(before: Centre, stage: str, holder: str | None, days: int | None, at: datetime) -> Centre:
    """The centre with its clock in a state that it enters at this instant. `days` is the time that the state allows.

    While the applicant has the file, the target of a stage that was interrupted is kept; it moves by this time when the
    file returns.
    """
    target, is_announced = before.clock_target, before.clock_announced
    if holder is None:
        target = days = None
    elif holder == APPLICANT:
        days = before.clock_days
    elif before.clock_holder == APPLICANT and target is not None and before.clock_since is not None:
        target += at - before.clock_since
    else:
        target, is_announced = _target(stage, holder, days, at), False
    return _held(before, holder, target, days, at, is_announced=is_announced)


def handed_over(before: Centre, holder: str | None, at: datetime) -> Centre:
    """The centre with its clock when another holder gets the file in the same state. The reviewers and the secretariat
    share the time of a review."""
    if before.status == "under_review":
        return _held(before, holder, before.clock_target, before.clock_days, at, is_announced=before.clock_announced)
    target = _target(before.status, holder, before.clock_days, at)
    return _held(before, holder, target, before.clock_days, at, is_announced=False)


def _target(stage: str, holder: str | None, days: int | None, at: datetime) -> datetime | None:
    """Waiting for an agreement, only the secretariat has a target: what host and government decide takes its time."""
    if days is None or (stage == "awaiting_agreement" and holder != SECRETARIAT):
        return None
    return at + timedelta(days=days)


def _held(
    before: Centre, holder: str | None, target: datetime | None, days: int | None, at: datetime, *, is_announced: bool
) -> Centre:
    return replace(
        before,
        clock_holder=holder,
        clock_since=None if holder is None else at,
        clock_target=target,
        clock_days=days,
        clock_spent=spent(before.clock_spent, before.clock_holder, before.clock_since, at),
        clock_announced=is_announced,
    )


def spent(earlier: Mapping[str, int], holder: str | None, since: datetime | None, at: datetime) -> dict[str, int]:
    """The days that each holder has had the file until this instant."""
    if holder is None or since is None:
        return dict(earlier)
    return {**earlier, holder: earlier.get(holder, 0) + days_between(since, at)}


def days_between(since: datetime, until: datetime) -> int:
    """The days by the calendar in UTC, so that the days of consecutive stages add up."""
    return (until.astimezone(UTC).date() - since.astimezone(UTC).date()).days


def is_paused(holder: str | None, target: datetime | None) -> bool:
    """Whether the applicant has a file whose target is kept."""
    return holder == APPLICANT and target is not None


def is_overdue(holder: str | None, target: datetime | None, at: datetime) -> bool:
    """Whether the target has passed while it is not kept for later."""
    return target is not None and holder != APPLICANT and target < at
