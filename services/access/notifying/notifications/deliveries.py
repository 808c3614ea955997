"""How people want to be notified, and which mails are gathered."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

from services.access.notifying.notifications.domain import COMMENT_KIND, WORK_KIND, Notice

Delivery: TypeAlias = Literal["mail", "digest", "none"]
"""A mail for each notification, a part of one mail a day, or no mail."""
DEFAULT_DELIVERY: Delivery = "mail"
DAILY = frozenset((WORK_KIND, COMMENT_KIND))
"""The kinds that are a part of one mail a day unless somebody chose otherwise."""
PAUSE = timedelta(minutes=15)
"""How long a person gets no second mail of those that are gathered."""
GATHERED_SERVICE = "actions."
"""What the resources begin with whose mails are gathered: those of programmes and what belongs to them."""
MOST_IN_DIGEST = 100
"""Most notifications that one digest lists, the newest first."""


def default_of(kind: str) -> Delivery:
    """How a person gets notifications of a kind without a choice."""
    return "digest" if kind in DAILY else DEFAULT_DELIVERY


def delivery_of(preferences: Mapping[str, str], notice: Notice) -> str:
    """How a person with these preferences gets a notification."""
    return preferences.get(notice.kind, default_of(notice.kind)) if notice.is_mailed else "none"


def is_gathered(kind: str, resource: str) -> bool:
    """Whether a person gets one mail of such notifications in a quarter of an hour, with all of them: what happens in
    programmes, and what waits."""
    return kind == WORK_KIND or resource.startswith(GATHERED_SERVICE)
