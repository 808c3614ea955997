"""Bounces: their kinds, and when an address counts as one that takes no mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.membership.register.experts.record import EmailAddress
from shared.kernel.resource import Resource

RESOURCE = Resource("membership", "outreach", "bounce")
REPORT = "report"
"""The verb of whoever reports bounces and complaints."""
HARD, SOFT, COMPLAINT = KINDS = ("hard", "soft", "complaint")
SOFT_BOUNCES = 3
WITHIN = timedelta(days=30)
"""So many soft bounces within this time count as a hard one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a recipient, and why."""

    outcome: str
    reason: str | None


def recipient_of(message_id: str) -> UUID | None:
    """The recipient whose mail has this Message-ID, with or without angle brackets; None for another form."""
    try:
        return UUID(message_id.strip().strip("<>").partition("@")[0])
    except ValueError:
        return None


def with_bounce(
    emails: Sequence[EmailAddress], is_meant: Callable[[EmailAddress], bool], at: str
) -> list[EmailAddress]:
    """The addresses, of which the one that is meant is marked, unless it is already."""
    return [
        {**email, "bounced_at": at} if is_meant(email) and not email.get("bounced_at") else email for email in emails
    ]
