"""The lifecycle of a round of review. Plain Python."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.actions.global_report.contributions.domain import AWAITED
from services.actions.global_report.review.rounds.record import ReviewRound
from shared.kernel.lifecycle import Lifecycle, transition

AUDIENCES = ("experts", "governments", "both")
MOST_CONTRIBUTIONS = 400
REVIEWED = (*AWAITED, "submitted", "in_review")
"""The states in which a contribution is reviewed."""
INVITING = ("planned", "open")
"""The states in which experts are invited."""


@dataclass(frozen=True, slots=True)
class RoundGuardContext:
    """The input of the guard: whether a comment of the round waits for an answer."""

    has_open_comments: bool = False


def _completable(guard_context: RoundGuardContext) -> Literal["comments_open"] | None:
    return "comments_open" if guard_context.has_open_comments else None


LIFECYCLE: Lifecycle[RoundGuardContext] = Lifecycle(
    ("planned", "open", "answering", "complete"),
    (
        transition("open", "planned", "open", fact="opened"),
        transition("open", "planned", "open", is_scheduled=True, fact="opened"),
        transition("close", "open", "answering"),
        transition("close", "open", "answering", is_scheduled=True),
        transition("complete", "answering", "complete", guard=_completable),
    ),
)


def takes_comments(of: ReviewRound, at: datetime) -> bool:
    """Whether one comments in it at this instant, also before the schedule closes it."""
    return of.status == "open" and at < of.closes


def is_for(of: ReviewRound, audience: str) -> bool:
    """Whether `experts` or `governments` comment in it."""
    return of.audience in (audience, "both")


def moved(of: ReviewRound, verb: str, at: datetime) -> ReviewRound:
    """The round that opens or closes by hand: before its time, its instant becomes that of the step."""
    if verb == "open":
        return replace(of, opens=min(of.opens, at))
    return replace(of, closes=min(of.closes, at)) if verb == "close" else of
