"""Bounds of a request's body, kept while it is read: bytes for every body, levels of nesting for JSON."""

import re

from starlette.types import Message, Receive, Scope

from shared.kernel.errors import EscmError, Malformed, TooLarge, Unauthenticated
from shared.web.translation import BodyRefused

JSON_LIMIT = 1 << 20
IMPORT_LIMIT = 256 << 20
LEVELS = 32
LONGEST_AUTHORIZATION = 8192
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_ALIKE = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def bounded(scope: Scope, receive: Receive) -> Receive:
    """The `receive` that keeps the bounds.

    Raises TooLarge at once where the announced length is over the limit, Malformed for a length that is no number,
    Unauthenticated for credentials of more than 8 KiB. While the body is read it raises BodyRefused.
    """
    headers = scope["escm.headers"]
    if len(headers.get(b"authorization", b"")) > LONGEST_AUTHORIZATION:
        raise Unauthenticated("The credentials are longer than any token.", code="invalid_token")
    length = headers.get(b"content-length")
    if scope["method"] in _BODILESS and length is None and b"transfer-encoding" not in headers:
        return receive
    limit = IMPORT_LIMIT if scope["path"].endswith("/imports") else JSON_LIMIT
    if length is not None:
        if not length.isdigit():
            raise Malformed("Content-Length is not a number.")
        if len(length) > 12 or int(length) > limit:
            raise _too_large(limit)
    is_json = b"json" in headers.get(b"content-type", b"").partition(b";")[0]
    return _Whole(receive, min(limit, JSON_LIMIT)) if is_json else _Counted(receive, limit)


def is_too_deep(body: bytes | bytearray, levels: int = LEVELS) -> bool:
    """Whether brackets outside strings nest deeper than `levels`, or do not match. Nothing is parsed.

    All brackets are made alike, and each pass takes away the innermost ones: linear in C, whatever the bytes are.
    """
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    brackets = _STRINGS.sub(b"", body).translate(_ALIKE, _NOT_BRACKETS)
    for _ in range(levels):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _is_utf8(body: bytearray) -> bool:
    """Whether a parser reads the bytes as UTF-8: it would take a NUL, which JSON never holds, for UTF-16 or UTF-32."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return 0 not in body


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"At most {limit >> 20} MiB here.")


class _Counted:
    """Passes the body on and stops once it is over the limit."""

    __slots__ = ("_left", "_limit", "_receive")

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = self._limit = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyRefused(_too_large(self._limit))
        return message


class _Whole:
    """Reads a JSON body to its end, checks its encoding and nesting, and passes it on as one message."""

    __slots__ = ("_is_read", "_limit", "_receive", "_refusal")

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._is_read = False
        self._refusal: EscmError | None = None

    async def __call__(self) -> Message:
        if self._refusal is not None:
            raise BodyRefused(self._refusal)
        if self._is_read:
            return await self._receive()
        body = bytearray()
        more = True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                self._refuse(_too_large(self._limit))
        if not _is_utf8(body):
            self._refuse(Malformed("A JSON body is UTF-8.", code="malformed_json"))
        if is_too_deep(body):
            self._refuse(Malformed(f"Not JSON, or of more than {LEVELS} levels.", code="malformed_json"))
        self._is_read = True
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    def _refuse(self, error: EscmError) -> None:
        self._refusal = error
        raise BodyRefused(error)
