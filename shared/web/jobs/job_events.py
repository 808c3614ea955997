"""The progress of a job, as server-sent events, until it has ended.

Each event has the whole job as `GET /jobs/{id}` returns it: `progress` while it is open, then once `ended`. An event's
id is the state that it reports. A client that reconnects with `Last-Event-ID` gets newer events only, and after the end
204, so that browsers do not reconnect.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.kernel.errors import EscmError
from shared.kernel.principal import Principal
from shared.web.contract.contract import JsonSchema
from shared.web.request.places import Places, holder_of
from shared.web.request.streams import Pace

LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event that was received: what it said is not sent again.",
    "schema": {"type": "string", "maxLength": 100},
}
EVENT: JsonSchema = {
    "title": "JobEvent",
    "description": "One event of the stream.",
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "description": "The state that the event reports, for `Last-Event-ID`."},
        "event": {"type": "string", "enum": ["progress", "ended"], "description": "Whether the job has ended."},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Job"},
            "description": "The job as JSON.",
        },
        "retry": {"type": "integer", "description": "Milliseconds after which a client connects again."},
    },
    "examples": [{"id": "1-running-0-10", "event": "progress", "data": "{}"}],
}
MOST_STREAMS = 100
"""Concurrent streams of one process and service; further ones are refused and may retry."""
MOST_OF_ONE = 20
"""Concurrent streams of one principal."""
PAUSE = 0.5
"""Seconds between two reads of the job."""
HEARTBEAT = 15.0
"""Seconds without an event after which a comment shows proxies that the stream is alive."""
AUTHORITY = 30.0
"""Seconds after which the caller is authenticated again, because their token may have expired or their grants may be
revoked."""
_OPEN = ("queued", "running")
ReadJob = Callable[[], Awaitable[Mapping[str, Any]]]


class JobEvents(Response):
    """The stream of a principal. `read` returns the job's row, `again` the same after authenticating the caller again;
    `show` is its JSON."""

    media_type = "text/event-stream"

    def __init__(
        self,
        places: Places,
        principal: Principal,
        read: ReadJob,
        again: ReadJob,
        show: Callable[[Mapping[str, Any]], Any],
    ) -> None:
        super().__init__(None, 200, {"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._places, self._principal = places, principal
        self._read, self._again, self._show = read, again, show

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends until the job has ended, the caller loses access to it, or the process stops."""
        headers = dict(scope["headers"])
        known = headers.get(b"last-event-id", b"").decode("latin-1")
        send = Pace(send).send
        async with self._places.occupy(holder_of(self._principal, scope)):
            job = await self._read()
            if known == _state(job) and job["status"] not in _OPEN:
                await Response(None, 204)(scope, _receive, send)
                return
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send(_part(b"retry: 2000\n\n"))
            await self._stream(scope, send, job, known)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _stream(self, scope: Scope, send: Send, job: Mapping[str, Any], known: str) -> None:
        loop = asyncio.get_running_loop()
        spoken = authorised = loop.time()
        while True:
            state, present = _state(job), loop.time()
            if state != known:
                await send(_part(self._event(job, state)))
                known, spoken = state, present
            elif present - spoken >= HEARTBEAT:
                await send(_part(b": still there\n\n"))
                spoken = present
            if job["status"] not in _OPEN or scope["app"].state.readiness.is_draining:
                return
            await asyncio.sleep(PAUSE)
            is_due = loop.time() - authorised >= AUTHORITY
            try:
                job = await (self._again() if is_due else self._read())
            except EscmError:
                return
            authorised = loop.time() if is_due else authorised

    def _event(self, job: Mapping[str, Any], state: str) -> bytes:
        name = "progress" if job["status"] in _OPEN else "ended"
        return f"id: {state}\nevent: {name}\ndata: ".encode() + orjson.dumps(self._show(job)) + b"\n\n"


def _state(job: Mapping[str, Any]) -> str:
    return f"{job['attempts']}-{job['status']}-{job['done']}-{job['total']}"


def _part(content: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": True}
