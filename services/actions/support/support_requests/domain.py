"""The lifecycle of a request for support, and its clock. Plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.actions.support.offers.domain import LivingOffer
from services.actions.support.support_requests.record import SupportRequest
from shared.kernel.clock import end_of
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.lights import GREEN, light_after

KINDS = ("science", "training", "review", "data", "advice", "other")
MODES = ("remote", "onsite", "both")
COUNTRY, SECRETARIAT, EXPERT = "country", "secretariat", "expert"
LATE = timedelta(days=60)
"""How long after its target the light of a request is yellow; red afterwards."""
OPEN = ("draft", "submitted", "matching", "in_delivery", "delivered")
PUBLISHED = frozenset({"matching", "in_delivery", "delivered", "closed", "unmatched"})
ENDING_OPEN_OFFERS, ENDING_OFFERS = frozenset({"start"}), frozenset({"give_up", "cancel"})
"""The transitions with which open offers end, and those with which all living ones do."""


@dataclass(frozen=True, slots=True)
class SupportDays:
    """How many days the secretariat has to accept a request and to make a first offer, and the country to confirm."""

    accept: int = 10
    offer: int = 20
    confirm: int = 15

    @property
    def by_step(self) -> Mapping[str, int]:
        return {"accept": self.accept, "offer": self.offer, "confirm": self.confirm}


@dataclass(frozen=True, slots=True)
class SupportGuardContext:
    """The offers and documents of a request."""

    has_confirmed_offer: bool = False
    has_document: bool = False
    is_evidence_available: bool = True
    """Whether every file of evidence that the documents of the present step name is available."""


def _submittable(guard_context: SupportGuardContext) -> Literal["evidence_not_available"] | None:
    return None if guard_context.is_evidence_available else "evidence_not_available"


def _startable(guard_context: SupportGuardContext) -> Literal["no_confirmed_offer"] | None:
    return None if guard_context.has_confirmed_offer else "no_confirmed_offer"


def _deliverable(guard_context: SupportGuardContext) -> Literal["document_missing", "evidence_not_available"] | None:
    if not guard_context.has_document:
        return "document_missing"
    return None if guard_context.is_evidence_available else "evidence_not_available"


LIFECYCLE: Lifecycle[SupportGuardContext] = Lifecycle(
    (*OPEN, "closed", "declined", "unmatched", "cancelled"),
    (
        transition("submit", "draft", "submitted", guard=_submittable),
        transition("accept", "submitted", "matching"),
        transition("return", "submitted", "draft", reason_required=True),
        transition("decline", "submitted", "declined", reason_required=True),
        transition("start", "matching", "in_delivery", guard=_startable),
        transition("give_up", "matching", "unmatched"),
        transition("deliver", "in_delivery", "delivered", guard=_deliverable, fields=("document",)),
        transition("confirm", "delivered", "closed", fields=("rating", "text"), required=("rating",)),
        transition("dispute", "delivered", "in_delivery"),
        transition("cancel", "|".join(OPEN), "cancelled"),
    ),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Who has the request, since when, and until when. Without a holder nobody waits. While the request is returned,
    `target` is its value at the return."""

    holder: str | None = None
    since: datetime | None = None
    target: datetime | None = None


def clock_of(record: SupportRequest) -> Clock:
    return Clock(record.clock_holder, record.clock_since, record.clock_target)


def is_paused(record: SupportRequest) -> bool:
    """Whether the request is returned to its country, so that its clock is paused."""
    return record.status == "draft" and record.clock_target is not None


def remaining(action: str, offers: Sequence[LivingOffer]) -> list[LivingOffer]:
    """The offers of a request that are still living after a transition of it."""
    if action in ENDING_OFFERS:
        return []
    return [one for one in offers if action not in ENDING_OPEN_OFFERS or one.status == "confirmed"]


def with_clock(before: SupportRequest, entered: str, offers: Sequence[LivingOffer], at: datetime) -> SupportRequest:
    """The request with its clock and its experts after a step to a state, or after one of its offers has changed."""
    old, new = clock_of(before), _clock(before, entered, offers, at)
    if new.holder == old.holder and entered == before.status:
        is_same = new.holder != EXPERT and (new.target is None) == (old.target is None)
        new = old if is_same else replace(new, since=old.since)
    return replace(
        before,
        expert_ids=sorted({one.expert_id for one in offers}),
        clock_holder=new.holder,
        clock_since=new.since,
        clock_target=new.target,
        overdue_at=before.overdue_at if (new.holder, new.target) == (old.holder, old.target) else None,
    )


def _clock(before: SupportRequest, entered: str, offers: Sequence[LivingOffer], at: datetime) -> Clock:
    if entered == "matching":
        return _clock_of_offers(before, {one.status for one in offers}, offers, at)
    if entered == "submitted" and is_paused(before) and before.clock_since and before.clock_target:
        return Clock(SECRETARIAT, at, before.clock_target + (at - before.clock_since))
    clocks = {
        "draft": (COUNTRY, before.clock_target),
        "submitted": (SECRETARIAT, _after(before, "accept", at)),
        "in_delivery": (EXPERT, end_of(before.wanted_to) if before.wanted_to else None),
        "delivered": (COUNTRY, _after(before, "confirm", at)),
    }
    holder, target = clocks.get(entered, (None, None))
    return Clock(holder, at if holder else None, target)


def _clock_of_offers(before: SupportRequest, states: set[str], offers: Sequence[LivingOffer], at: datetime) -> Clock:
    if "confirmed" in states:
        return Clock(SECRETARIAT, at)
    if "accepted" in states:
        return Clock(COUNTRY, at, _after(before, "confirm", at))
    if "offered" in states:
        return Clock(EXPERT, at, end_of(min(one.respond_by for one in offers)))
    return Clock(SECRETARIAT, at, _after(before, "offer", at))


def _after(record: SupportRequest, step: str, at: datetime) -> datetime:
    """When the days of a step are over that begins now; a request that was never submitted has none."""
    return at + timedelta(days=(record.clock_days or {}).get(step, 0))


def light_of(record: SupportRequest, at: datetime) -> str | None:
    """Whether the holder of the request is in time, late or very late; None if nobody waits."""
    if record.clock_holder is None:
        return None
    if is_paused(record) or record.clock_target is None:
        return GREEN
    return light_after(record.clock_target, at, LATE)
