"""The outermost layer of every app, one pure ASGI class.

It gives each request an id and a trace, adds the headers of every response, returns every failure as a problem, cancels
a read whose client disconnected, handles HEAD as GET without the body, and counts each request.
"""

import asyncio
import re
from asyncio import Task, TimerHandle
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from time import perf_counter
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.database.ids import uuid7
from shared.observability.requests import REQUESTS, UNMATCHED
from shared.observability.spans import spans
from shared.observability.traces import new_traceparent, request_id, traceparent
from shared.web.contract.route_options import options_of
from shared.web.edge.cors import EVERY_ORIGIN, CrossOrigin, Headers
from shared.web.edge.problems import Respond, respond_to
from shared.web.edge.security_events import SecurityEvents
from shared.web.request.error_mapping import as_escm_error
from shared.web.request.links import take_link
from shared.web.request.request_authenticator import FIELDS, principal_of
from shared.web.request.request_context import forget_request_context

WATCH_AFTER = 0.2
"""Seconds after which a read is watched for its client's disconnection; most reads end long before."""
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
_TRACEPARENT = re.compile(rb"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE = (b"cache-control", b"no-store")
_VARY = (b"vary", b"Authorization")
_LOG = structlog.get_logger("escm.web")


class Edge:
    """Wraps an ASGI app. `origins` are the origins that may call from a browser; by default none. `respond` makes the
    responses for failures.

    Sets `request_id` and `traceparent` (the client's if it sent a valid one) in `scope["state"]`, and the request's
    headers as a mapping (first of each name) in `scope["escm.headers"]`. With `is_logging` each request is a line of
    the log: method, route template, status and time, never its path, query, body or caller.
    """

    def __init__(
        self,
        app: ASGIApp,
        lifespan: ASGIApp | None = None,
        origins: CrossOrigin | None = None,
        service: str = "",
        *,
        is_logging: bool = False,
        security: SecurityEvents | None = None,
        respond: Respond = respond_to,
    ) -> None:
        self._app = app
        self._respond = respond
        self._lifespan = lifespan or app
        self._origins = origins or CrossOrigin()
        self._requests = REQUESTS.of(service)
        self._service = service
        self._is_logging = is_logging
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._otherwise(scope, receive, send)
        elif scope["method"] == "HEAD":
            with suppress(_HeadSent):
                await self._handle({**scope, "method": "GET"}, receive, _head_of(send))
        else:
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        headers = scope["escm.headers"] = dict(scope["headers"][::-1])
        state = scope.setdefault("state", {})
        state["request_id"] = own_id = _request_id(headers)
        given = headers.get(b"traceparent")
        trace = given.decode("ascii") if given is not None and _TRACEPARENT.match(given) else None
        span = None
        if spans.is_on:
            span, trace = spans.begin_request(trace, **{"escm.service": self._service, "escm.request": own_id})
        state["traceparent"] = trace = trace or new_traceparent()
        request_id.set(own_id)
        traceparent.set(trace)
        sender = _Sender(scope, send, own_id.encode("ascii"), take_link(scope) or b"authorization" in headers)
        self._requests.open += 1
        watch = _Watch(receive, sender) if scope["method"] == "GET" else None
        try:
            if self._origins.is_on:
                sender.cross_origin = self._origins.headers(headers)
            preflight = self._origins.preflight(scope["path"], headers) if scope["method"] == "OPTIONS" else None
            if preflight is not None:
                await sender.send({"type": "http.response.start", "status": 204, "headers": preflight})
                await sender.send({"type": "http.response.body", "body": b""})
                return
            await self._app(scope, receive, sender.send)
        except _HeadSent:
            raise
        except Exception as failure:
            if self._security is not None:
                self._security.note(scope, as_escm_error(failure))
            await self._send_failure(failure, scope, receive, sender)
            failure.__traceback__ = None
        except asyncio.CancelledError:
            if watch is None or not watch.has_fired:
                raise
            watch.absorb()
        finally:
            if watch is not None:
                watch.end()
            forget_request_context(scope)
            self._requests.open -= 1
            self._record(scope, sender.status, perf_counter() - began, span)

    async def _send_failure(self, failure: Exception, scope: Scope, receive: Receive, sender: "_Sender") -> None:
        """Sends the response of `respond`. A client that disconnected while its body was read is not a failure and gets
        no response."""
        if ClientDisconnect in (type(failure), type(failure.__cause__)):
            _LOG.info("client_gone")
            return
        response = self._respond(scope, failure)
        if sender.status is not None:
            raise ResponseCutShort(scope["state"]["request_id"]) from None
        await response(scope, receive, sender.send)

    def _record(self, scope: Scope, status: int | None, seconds: float, span: Any) -> None:
        """Counts the request and, if enabled, logs it and ends its span."""
        method, route = scope["method"], getattr(scope.get("route"), "path", UNMATCHED)
        self._requests.observe(method, route, status, seconds)
        operation, principal = getattr(scope.get("route"), "operation", None), principal_of(scope)
        if operation is not None and principal is not None:
            scope["app"].state.client_calls.note(principal, operation, status)
        if span is not None:
            spans.end_request(span, method, route, status)
        if self._is_logging:
            milliseconds = round(seconds * 1000, 3)
            _LOG.info(
                "request", service=self._service, method=method, route=route, status=status, milliseconds=milliseconds
            )

    async def _otherwise(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})


class ResponseCutShort(Exception):
    """A failure after the first byte was sent. The server ends the connection without the last chunk."""


class _HeadSent(Exception):
    """Raised once the head of a response to HEAD is sent, so that the body, or a stream, never starts."""


def _head_of(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send(message)
        await send({"type": "http.response.body", "body": b""})
        raise _HeadSent

    return send_head


def _request_id(headers: MutableMapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.match(given):
        return given.decode("ascii")
    return str(uuid7())


class _Sender:
    """Adds the headers of every response to its start."""

    __slots__ = ("_is_private", "_request_id", "_scope", "_send", "cross_origin", "is_ended", "status")

    def __init__(self, scope: Scope, send: Send, request_id: bytes, is_private: bool) -> None:
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._is_private = is_private
        self.cross_origin: Headers = []
        self.status: int | None = None
        self.is_ended = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._completed(message["headers"])
        elif not message.get("more_body", False):
            self.is_ended = True
        await self._send(message)

    def _completed(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = [*given, (b"x-request-id", self._request_id), *_ALWAYS]
        present = dict(headers)
        if b"content-security-policy" not in present:
            headers.append(_POLICY)
        if self._is_private and b"cache-control" not in present:
            headers.append(_NO_STORE)
        if b"authorization" not in present.get(b"vary", b"").lower():
            headers.append(_VARY)
        if fields := self._scope.get(FIELDS):
            headers.extend(fields)
        options = options_of(self._scope.get("route"))
        if options.deprecation is not None:
            headers.extend(options.deprecation.headers)
        headers.extend(EVERY_ORIGIN if options.is_cross_origin else self.cross_origin)
        return headers


class _Watch:
    """Cancels the task of a read once its client has disconnected. Starts late, so that most reads cost only a
    timer."""

    __slots__ = ("_receive", "_sender", "_task", "_timer", "_watcher", "has_fired")

    def __init__(self, receive: Receive, sender: _Sender) -> None:
        self._receive = receive
        self._sender = sender
        self._task: Task[Any] | None = asyncio.current_task()
        self._watcher: Task[None] | None = None
        self._timer: TimerHandle = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)
        self.has_fired = False

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._sender.is_ended and self._task is not None:
            self.has_fired = True
            self._task.cancel()

    def absorb(self) -> None:
        """Reverts our own cancellation: the request ends without a response, the task continues."""
        if self._task is not None:
            self._task.uncancel()
        _LOG.info("client_gone")

    def end(self) -> None:
        """Stops watching."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
