"""What governments say and sign: the lives of endorsements and letters."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.actions.coordination.record import Endorsement
from shared.kernel.lifecycle import Lifecycle, transition

BODY_KINDS = ("ministry", "agency", "commission", "parliament", "presidency", "other")
LEVELS = {
    1: "acknowledged",
    2: "supported in writing",
    3: "focal point named",
    4: "agreement signed",
    5: "in law, or a commission created",
}
REPLY_CLOCK = timedelta(days=30)
"""How long a reply is waited for where nothing else was agreed."""
PUBLISHED_ENDORSEMENTS = frozenset({"verified", "expired", "superseded"})
PUBLISHED_LETTERS = frozenset({"logged", "sent", "awaiting_reply", "answered", "closed"})


@dataclass(frozen=True, slots=True)
class EndorsementGuardContext:
    """What the guards look at."""

    has_document: bool
    is_independent: bool
    """Whether the caller is of another body than whoever claimed it."""


def _verifiable(guard_context: EndorsementGuardContext) -> Literal["document_missing", "not_independent"] | None:
    if not guard_context.has_document:
        return "document_missing"
    return None if guard_context.is_independent else "not_independent"


ENDORSEMENT: Lifecycle[EndorsementGuardContext] = Lifecycle(
    ("claimed", "verified", "expired", "withdrawn", "superseded"),
    (
        transition("verify", "claimed", "verified", guard=_verifiable, fields=("document",)),
        transition("expire", "verified", "expired", is_scheduled=True),
        transition("withdraw", "verified", "withdrawn"),
        transition("replace", "verified", "superseded"),
    ),
)


def is_same_claim(before: Endorsement, wanted: Endorsement) -> bool:
    """Whether they differ in nothing but the visibility, which may still change once an endorsement is verified."""
    return replace(wanted, visibility=before.visibility) == before


OPEN_LETTERS = frozenset({"logged", "sent", "awaiting_reply"})
"""A letter in one of these states becomes `answered` when another letter names it as `reply_to`."""
CORRESPONDENCE: Lifecycle[None] = Lifecycle(
    ("logged", "sent", "awaiting_reply", "answered", "closed"),
    (
        transition("await", "logged|sent", "awaiting_reply", fields=("reply_due",)),
        transition("reply", "awaiting_reply", "answered"),
        transition("answer", "logged|sent|awaiting_reply", "answered", is_scheduled=True),
        transition("close", "logged|sent|awaiting_reply|answered", "closed"),
    ),
)


def first_status(direction: str) -> str:
    """What came in is logged, what went out is sent."""
    return "logged" if direction == "in" else "sent"


def is_overdue(status: str, reply_due: date | None, today: date) -> bool:
    """Whether a reply is late."""
    return status == "awaiting_reply" and reply_due is not None and reply_due < today
