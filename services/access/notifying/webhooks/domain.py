"""Webhooks: their life, their limits, when they try again, and how far a failing one is from its end."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition, within
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.step_up import TWO_FACTORS

MOST_OF_OWNER = 20
"""Most webhooks of one owner that have not ended."""
MOST_REPLAYED = 100_000
"""Most events of one replay."""
PINGED = "escm.access.webhook.pinged.v1"
ADVANCED = "escm.access.feed.advanced.v1"
"""The notice of events of imports; it is sent to webhooks alone and is no fact of the feed."""
NOTICE_EVERY = timedelta(seconds=5)
SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long after the one before each attempt is made, within a tenth."""
ENDS_AFTER = timedelta(days=5)
"""How long a webhook fails before it is disabled."""
MAILS_AFTER = (timedelta(hours=1), timedelta(hours=24), timedelta(days=4))
"""How long a webhook fails before each mail to its owner."""
BREAKS_AFTER = 5
"""Failures in a row after which one request at a time is made."""
SLOW = 5_000
"""Milliseconds from which a receiver is slow."""
OVERLAP, LONGEST_OVERLAP = 24, 168
"""Hours for which the keys before a rotation sign as well."""
OPEN = ("pending", "retrying")
TO_ANOTHER_ADDRESS = TWO_FACTORS.only("with another `url`", lambda columns, before: columns["url"] != before.get("url"))
"""What a change asks of the sign-in of a person, since it sends events elsewhere."""


@dataclass(frozen=True, slots=True)
class WebhookGuardContext:
    """The inputs of the guards: whether the present address has answered a ping."""

    is_answered: bool


def answered(context: WebhookGuardContext) -> Literal["ping_not_answered"] | None:
    """The guard of `verify`."""
    return None if context.is_answered else "ping_not_answered"


_KEEPING = ("unverified", "active", "paused")
LIFECYCLE: Lifecycle[WebhookGuardContext] = Lifecycle(
    ("unverified", "active", "paused", "disabled", "ended"),
    (
        transition("verify", "unverified", "active", guard=answered, fact="activated"),
        transition("pause", "active", "paused"),
        transition("resume", "paused", "active", fields=("from",), fact="activated"),
        transition("disable", "unverified|active|paused", "disabled", reason_required=True),
        transition("enable", "disabled", "unverified", fact="updated"),
        *within("ping", _KEEPING, fact="pinged"),
        *within("rotate", _KEEPING, fields=("overlap_hours",), fact="rotated", step_up=TWO_FACTORS),
        transition("give_up", "unverified|active|paused", "disabled", is_scheduled=True, fact="disabled"),
        transition("end", "unverified|active|paused|disabled", "ended", is_scheduled=True, fact="deleted"),
    ),
)
"""The system takes `give_up`: after five days of failures, 410, or the end of the owner."""


def may_own(principal: Principal, verb: str) -> bool:
    """Whether the principal may read or write webhooks of its own: a person may, no key may, and a client's grants
    name the resource."""
    if principal.kind is not PrincipalKind.CLIENT:
        return principal.kind is PrincipalKind.ACCOUNT
    return any(grant.admits("access.webhooks", verb) for grant in principal.grants)


def next_attempt(attempts: int, asked: float | None = None) -> timedelta | None:
    """When the next attempt follows so many; None if there is none. `asked` are the seconds of a `Retry-After`, which
    only prolong it, to a day at most."""
    if attempts >= len(SCHEDULE):
        return None
    usual = SCHEDULE[attempts] * random.uniform(0.9, 1.1)  # noqa: S311 -- spreads retries
    return max(usual, min(timedelta(seconds=asked), timedelta(days=1))) if asked else usual


def pause_of_breaker(failures: int) -> float:
    """Seconds between two requests to a receiver that failed so often in a row; 0 if it is not open."""
    return min(30.0 * 2 ** (failures - BREAKS_AFTER), 300.0) if failures >= BREAKS_AFTER else 0.0


def health(failures: int, milliseconds: int | None) -> Literal["good", "slow", "failing"]:
    """How a receiver answers."""
    if failures >= BREAKS_AFTER:
        return "failing"
    return "slow" if failures or (milliseconds or 0) >= SLOW else "good"
