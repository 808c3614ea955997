"""The lifecycle of a calendar, its key, and what it shows."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from importlib.resources import files
from secrets import token_urlsafe
from uuid import UUID

from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import LANGUAGES

_OF_REPORT = ("editions", "review_rounds", "contributions")
KINDS = ("milestones", "meetings", "annual_reports", "reports", "periods", "tasks", *_OF_REPORT)
MOST = 10
"""Most active calendars of one owner."""
LARGEST = 2_000
"""Most events of one calendar."""
PAST = timedelta(days=365)
"""How long events that are over are shown."""
CANCELLED_FOR = timedelta(days=90)
"""How long what was dropped is shown as cancelled."""
LIFECYCLE: Lifecycle[None] = Lifecycle(("active", "ended"), (transition("end", "active", "ended", is_scheduled=True),))


@dataclass(frozen=True, slots=True)
class Event:
    """A day of a record of a `resource`, such as `actions.tasks`. `label` names what happens on it; a record has one
    event for each label. `version` is that of the record, and `changed_at` when it got it."""

    resource: str
    record: UUID
    label: str
    day: date
    version: int
    changed_at: datetime
    ref: str
    title: str
    is_cancelled: bool = False

    @property
    def uid(self) -> str:
        """Its id, which stays when the day moves."""
        return f"{self.record}-{self.label}@escm"


def new_key() -> str:
    """A random key, which nothing stores."""
    return token_urlsafe(32)


def digest(key: str) -> bytes:
    """What is stored of a key."""
    return sha256(key.encode()).digest()


def opens(key: str, stored: bytes) -> bool:
    """Whether a key is the one of this digest."""
    return compare_digest(digest(key), stored)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """A text in the language, else in English, else in the first language that it has."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def label_in(label: str, language: str) -> str:
    """What happens on a day, in the language, or in English for others than the six."""
    return _labels()[label][language if language in LANGUAGES else "en"]


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    with files("services.actions.coordination.calendars").joinpath("data/labels.csv").open(encoding="utf-8") as lines:
        return {row.pop("label"): row for row in csv.DictReader(lines)}
