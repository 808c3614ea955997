"""The lifecycle of a broadcast, the outcomes of its recipients, and its bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.membership.mailing.broadcasts.record import Broadcast, Count
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import LANGUAGES

OUTREACH, SERVICE = "outreach", "service"
PURPOSES = (OUTREACH, SERVICE)
FALLBACK = "en"
"""The language of whoever reads none of the broadcast's languages."""
FASTEST = 600
QUEUED, SENDING, SENT, REFUSED, BOUNCED, UNKNOWN, EXCLUDED = OUTCOMES = (
    "queued",
    "sending",
    "sent",
    "refused",
    "bounced",
    "unknown",
    "excluded",
)
"""The outcomes of a recipient; the first two are not final. `unknown`: nobody knows whether the mail server has the
mail; it is not sent again."""
ENDED = ("rejected", "resigned", "terminated", "deceased")
"""The states of experts who get no broadcast."""
CANCELLED, NOT_TAKEN = "cancelled", "not_taken"
"""Reasons: the broadcast was cancelled; the mail server has put the mail off too often."""
LONGEST_DELAY = timedelta(hours=1)
MOST_DELAYS = 30
"""How often the mail server may put a mail off before it counts as refused, which takes about a day."""
PACE = timedelta(minutes=1)
"""The period of `per_minute`, and how long nothing is sent after the mail server has put a mail off."""
RETENTION = timedelta(days=365)
"""How long recipients are stored after the end of their broadcast."""


@dataclass(frozen=True, slots=True)
class BroadcastGuardContext:
    """The inputs of the guards. `is_author`: the caller wrote the broadcast."""

    is_author: bool
    is_person: bool


def _approvable(
    guard_context: BroadcastGuardContext,
) -> Literal["second_person_is_the_first", "second_person_is_a_client"] | None:
    if guard_context.is_author:
        return "second_person_is_the_first"
    return None if guard_context.is_person else "second_person_is_a_client"


LIFECYCLE: Lifecycle[BroadcastGuardContext] = Lifecycle(
    ("draft", "approved", "sending", "paused", "sent", "cancelled"),
    (
        transition("test", "draft", "draft", fact="updated"),
        transition("approve", "draft", "approved", guard=_approvable),
        transition("start", "approved", "sending"),
        transition("pause", "sending", "paused"),
        transition("resume", "paused", "sending"),
        transition("cancel", "draft|approved|sending|paused", "cancelled"),
        transition("finish", "sending", "sent", is_scheduled=True),
    ),
)


def check_texts(subjects: Mapping[str, str], texts: Mapping[str, str]) -> None:
    """Raises Invalid without the fallback language, and if subjects and texts have different languages."""
    if FALLBACK not in subjects:
        raise invalid_field(f"/subjects/{FALLBACK}", "required", "The subject for all other languages.")
    if subjects.keys() != texts.keys():
        raise invalid_field("/texts", "invalid_value", "The texts have the languages of the subjects.")


def next_try(delays: int, at: datetime) -> datetime:
    """When a mail is tried again that the server has put off so many times: after 1, 2, 4 … 60 minutes."""
    return at + min(timedelta(minutes=2 ** (min(delays, 7) - 1)), LONGEST_DELAY)


def outcomes_of(counts: Iterable[Count]) -> dict[str, object]:
    """The number of recipients, of each outcome, and of the excluded ones by reason. The outcomes add up to `total`."""
    found = list(counts)
    by_outcome = {outcome: sum(one["n"] for one in found if one["outcome"] == outcome) for outcome in OUTCOMES}
    reasons = {one["reason"]: one["n"] for one in found if one["outcome"] == EXCLUDED}
    return {"total": sum(by_outcome.values()), **by_outcome, "excluded_for": reasons}


def in_language(broadcast: Broadcast, language: str) -> tuple[str, str]:
    """Subject and text in a language of the broadcast."""
    return " ".join(broadcast.subjects[language].split()), broadcast.texts[language]


def languages_of(broadcast: Broadcast) -> list[str]:
    """The languages of the broadcast, in the order of the six."""
    return [language for language in LANGUAGES if language in broadcast.subjects]
