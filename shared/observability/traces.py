"""The trace that the present work belongs to."""

from contextvars import ContextVar

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""W3C `traceparent` of the request, fact or job under way; facts and jobs made meanwhile carry it on."""
