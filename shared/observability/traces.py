"""The trace and the request of the present work."""

import os
from contextvars import ContextVar

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""W3C `traceparent` of the present request, fact or job, which new facts and jobs continue."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the present request, as in its response and its history."""


def new_traceparent() -> str:
    """A new trace without spans, which correlates the logs of several processes."""
    digits = os.urandom(24).hex()
    return f"00-{digits[:32]}-{digits[32:]}-00"
