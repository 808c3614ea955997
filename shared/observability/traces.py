"""The trace and the request that the present work belongs to."""

import os
from contextvars import ContextVar

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""W3C `traceparent` of the request, fact or job under way; facts and jobs made meanwhile carry it on."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request under way, as its response and its history show it."""


def new_traceparent() -> str:
    """The beginning of a trace that nobody records: it ties together what several processes log."""
    digits = os.urandom(24).hex()
    return f"00-{digits[:32]}-{digits[32:]}-00"
