"""The lifecycle of a letter."""

from datetime import date, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

REPLY_CLOCK = timedelta(days=30)
"""The time allowed for a reply if no other day was agreed."""
PUBLISHED = frozenset({"logged", "sent", "awaiting_reply", "answered", "closed"})
OPEN = frozenset({"logged", "sent", "awaiting_reply"})
"""A letter in one of these states becomes `answered` when another letter names it as `reply_to`."""
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("logged", "sent", "awaiting_reply", "answered", "closed"),
    (
        transition("await", "logged|sent", "awaiting_reply", fields=("reply_due",)),
        transition("reply", "awaiting_reply", "answered"),
        transition("answer", "logged|sent|awaiting_reply", "answered", is_scheduled=True),
        transition("close", "logged|sent|awaiting_reply|answered", "closed"),
    ),
)


def first_status(direction: str) -> str:
    """An incoming letter starts as logged, an outgoing one as sent."""
    return "logged" if direction == "in" else "sent"


def is_overdue(status: str, reply_due: date | None, today: date) -> bool:
    """Whether a reply is late."""
    return status == "awaiting_reply" and reply_due is not None and reply_due < today
