"""HTTP/1.1 of this system's processes: limited heads, limited waits, and problems for invalid requests."""

import asyncio
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.database.ids import uuid7
from shared.kernel.errors import EscmError, Malformed, TimedOut, Unavailable
from shared.web.edge.connections import Connections
from shared.web.edge.problems import problem_response
from shared.web.edge.response_transport import ResponseTransport

_LOG = structlog.get_logger("escm.web")
_LINGER = 2.0
"""Seconds for which a rejected client may continue to send, so that it reads the reason before the connection is
reset."""
_MOST_AFTER = 256 << 10
"""Bytes of a rejected client that are taken and thrown away meanwhile."""
_SHARED = Connections()


class HeadRefused(Exception):
    """Raised to stop the parser when the head of a request exceeds a limit."""


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol with limits, whose own refusals are problems.

    - A head has at most 64 KiB and 100 fields, and arrives within the limit of its seconds: else 400 and 408.
    - At most 16 requests wait behind one in progress.
    - A client cannot hold a connection by not reading a response, or by not sending the rest of a rejected body.
    """

    def __init__(self, *given: Any, connections: Connections = _SHARED, **named: Any) -> None:
        super().__init__(*given, **named)
        self._bounds = connections
        self._limits = connections.limits
        self._is_between = True
        """Whether the next bytes belong to a head."""
        self._heads = 0
        """The number of completed heads."""
        self._head_since: float | None = None
        self._head_received = 0
        self._head_size = 0
        self._unread_since: float | None = None
        self._rest_since: float | None = None
        self._refused_at: float | None = None
        self._refusal: EscmError = Malformed("This is not HTTP.")
        self._after = 0
        """Bytes that came after the refusal."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Adds the connection; refuses it with a response if there are too many."""
        super().connection_made(transport)
        self._head_since = self.loop.time()
        if not self._bounds.add(self):
            self._refuse(Unavailable("Too many connections are open.", retry_after=2))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._bounds.discard(self)

    def data_received(self, data: bytes) -> None:
        """Parses the data and, if the current head is incomplete, counts its bytes."""
        if self._refused_at is not None:
            self._discard(len(data))
            return
        heads, was_between = self._heads, self._is_between
        if was_between and self._head_since is None:
            self._head_since = self.loop.time()
        super().data_received(data)
        if self._head_since is None or self._refused_at is not None or self.transport.is_closing():
            return
        is_alone = was_between and heads == self._heads
        self._head_received += len(data) if is_alone else min(len(data), self._limits.head_bytes // 2)
        if self._head_received > self._limits.head_bytes:
            self._refuse(_too_long())
        else:
            self._bounds.memory.reserve(self, self._head_received)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 0
        if self._head_since is None:
            self._head_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) >= self._limits.head_fields:
            self._refusal = Malformed(f"A request has at most {self._limits.head_fields} header fields.")
            raise HeadRefused
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= self._limits.pipelined:
            self._refusal = Malformed("Wait for responses before you send further requests.")
            raise HeadRefused
        if self._head_received:
            self._bounds.memory.release(self)
        self._heads += 1
        self._is_between = False
        self._head_since = self._rest_since = None
        self._head_received = 0
        super().on_headers_complete()
        if self.cycle is not None and self.scope["method"] != "HEAD":  # the whole response to HEAD is its head
            self.cycle.transport = ResponseTransport(self.transport, self.loop)

    def on_message_complete(self) -> None:
        self._is_between = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads slower than the response is sent."""
        super().pause_writing()
        self._unread_since = self._unread_since or self.loop.time()
        self._bounds.memory.reserve(self, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread_since = None
        self._bounds.memory.release(self)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the refusal says the same
        """Refuses what the parser could not read, or was stopped from reading."""
        self._refuse(self._refusal)

    def is_responding(self) -> bool:
        """Whether a request is in progress, or the client is reading a response."""
        return self._is_at_work() or (self._refused_at is None and self.transport.get_write_buffer_size() > 0)

    def give_way(self) -> bool:
        """Closes the connection without a response."""
        _LOG.info("connection_gave_way")
        self.transport.abort()
        return True

    def check(self, now: float) -> None:
        """Ends the connection if it has waited too long."""
        if self._refused_at is not None:
            if now - self._refused_at > _LINGER:
                self.transport.abort()
        elif self._head_since is not None and not self._is_at_work() and self._is_over(now, self._head_since):
            if self._head_received:
                self._refuse(TimedOut("The head of the request did not arrive in time."))
            else:
                self.transport.close()
        elif self._is_unread(now) or self._is_rest_late(now):
            self.transport.abort()

    def _is_over(self, now: float, since: float) -> bool:
        return now - since > self._limits.head_seconds

    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_unread(self, now: float) -> bool:
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unread_since = None
            return False
        if self._unread_since is None:
            self._unread_since = now
        return now - self._unread_since > max(self._limits.unread_seconds, size / self._limits.pace)

    def _is_rest_late(self, now: float) -> bool:
        if self._is_between or self._is_at_work():
            return False
        if self._rest_since is None:
            self._rest_since = now
        return now - self._rest_since > self._limits.rest_seconds

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > self._limits.head_bytes:
            self._refusal = _too_long()
            raise HeadRefused

    def _discard(self, size: int) -> None:
        self._after += size
        if self._after > _MOST_AFTER:
            self.transport.pause_reading()

    def _refuse(self, error: EscmError) -> None:
        """Responds and ends the connection, because the beginning of the next request is unknown."""
        self._refused_at = self.loop.time()
        self._bounds.memory.release(self)
        self._unset_keepalive_if_required()
        if self._is_at_work():  # a response that has begun cannot be replaced
            self.transport.abort()
            return
        request_id = str(uuid7())
        scope: Scope = {"path": "/", "headers": (), "state": {"request_id": request_id}}
        response = problem_response(scope, error)
        headers = [*response.raw_headers, (b"x-request-id", request_id.encode("ascii")), (b"connection", b"close")]
        status = HTTPStatus(response.status_code)
        lines = [f"HTTP/1.1 {status} {status.phrase}".encode("ascii"), *(b": ".join(header) for header in headers)]
        _LOG.info("request_refused", request_id=request_id, code=error.code)
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.write_eof()


def _too_long() -> Malformed:
    return Malformed("The head of a request has at most 64 KiB.")
