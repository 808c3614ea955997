"""What goes over HTTP for sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.access.sessions.operations import SESSIONS
from services.access.sessions.queries import render
from shared.web.fields import Answer, Links


class SessionAnswer(Answer):
    """Somebody signed in. `current` is the one that asks; `last_used` is told to the hour."""

    id: UUID
    ref: str
    account_id: UUID
    label: str | None
    created_at: datetime
    last_used: datetime | None
    ends_at: datetime
    current: bool
    links: Links


class SessionList(Answer):
    """The sessions of one account, the newest first: at most 50, so that there is no next page."""

    items: list[SessionAnswer]
    next: None = None


class EndedSessions(Answer):
    """How many sessions have ended now."""

    ended: int


def present(row: Mapping[str, Any], current: UUID | None) -> dict[str, Any]:
    """The session as it is answered to somebody who asks from `current`."""
    links = {"self": SESSIONS.resource.link(row["id"])}
    return {**render(row), "current": row["id"] == current, "links": links}
