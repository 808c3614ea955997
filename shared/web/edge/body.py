"""Limits of a request's body, applied while it is read: bytes, time and memory of every body, nesting of JSON."""

import asyncio
import re
from types import TracebackType
from typing import NoReturn, Self

import orjson
from starlette.types import Message, Receive, Scope

from shared.kernel.errors import EscmError, Malformed, TimedOut, TooLarge, Unauthenticated, Unavailable
from shared.kernel.json_keys import text_repeats_a_key, value_repeats_a_key
from shared.web.edge.budget import MemoryBudget
from shared.web.request.error_mapping import BodyRefused

JSON_LIMIT = 1 << 20
LEVELS = 32
LONGEST_AUTHORIZATION = 8192
PACE = 64 << 10
"""Average bytes a second that a body needs after its seconds have passed."""
MEMORY = 64 << 20
"""Bytes of all bodies together in the memory of a process."""
_SPOOLED_FROM = 1 << 20
"""Bytes of a form's file that stay in memory; larger files go to a temporary file."""
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_ALIKE = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CLOSING = {"Connection": "close"}
_BUDGET = MemoryBudget(MEMORY)


class Body:
    """The `receive` of one request, and the memory of its body until the request ends: a context manager.

    The body of a method other than GET, HEAD and OPTIONS has at most 1 MiB, that of a form `form_limit` bytes if its
    route has such a limit.
    The total wait for it is `seconds`, or the time of its bytes at 64 KiB/s, whichever is longer; a single wait is at
    most `seconds`.
    """

    __slots__ = ("_bare", "_budget", "_is_read", "_is_whole", "_limit", "_read", "_receive", "_refusal", "_seconds",
                 "_timeout", "_waited")  # fmt: skip

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        seconds: float,
        budget: MemoryBudget = _BUDGET,
        form_limit: int = 0,
    ) -> None:
        """Raises TooLarge at once if the announced length is over the limit, Malformed if it is not a number,
        Unauthenticated for credentials of more than 8 KiB."""
        headers = scope["escm.headers"]
        if len(headers.get(b"authorization", b"")) > LONGEST_AUTHORIZATION:
            raise Unauthenticated("The credentials are longer than any token.", code="invalid_token")
        self._receive = receive
        length = headers.get(b"content-length")
        self._bare = scope["method"] in _BODILESS and length is None and b"transfer-encoding" not in headers
        if self._bare:
            return
        media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        self._limit = (form_limit if media == b"multipart/form-data" else 0) or JSON_LIMIT
        if length is not None:
            if not length.isdigit():
                raise Malformed("Content-Length is not a number.")
            if len(length) > 12 or int(length) > self._limit:
                raise _too_large(self._limit)
        self._is_whole = b"json" in media
        self._seconds = seconds
        self._budget = budget
        self._read = 0
        self._waited = 0.0
        self._is_read = False
        self._refusal: EscmError | None = None
        self._timeout: asyncio.Timeout | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if not self._bare:
            self._budget.release(self)

    @property
    def receive(self) -> Receive:
        """The application's `receive`. Raises BodyRefused while the body is read, and again at every later call."""
        if self._bare:
            return self._receive
        return self._whole if self._is_whole else self._next

    def give_way(self) -> bool:
        """Refuses a body whose next bytes have not arrived."""
        if self._timeout is None or self._refusal is not None:
            return False
        self._refusal = _busy()
        self._timeout.reschedule(asyncio.get_running_loop().time())
        return True

    async def _next(self) -> Message:
        """The next part of the body."""
        if self._refusal is not None:
            raise BodyRefused(self._refusal)
        if self._is_read:
            return await self._receive()
        message = await self._within_time()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._is_read = not message.get("more_body", False)
            if self._read > self._limit:
                self._refuse(_too_large(self._limit))
            if not self._budget.reserve(self, min(self._read, _SPOOLED_FROM)):
                self._refuse(_busy())
        return message

    async def _within_time(self) -> Message:
        loop = asyncio.get_running_loop()
        began = loop.time()
        patience = min(max(self._seconds, self._read / PACE) - self._waited, self._seconds)
        try:
            async with asyncio.timeout(max(patience, 0)) as self._timeout:
                return await self._receive()
        except TimeoutError:
            self._refuse(self._refusal or _late())
        finally:
            self._timeout = None
            self._waited += loop.time() - began

    async def _whole(self) -> Message:
        """A JSON body as one message, after the checks of its encoding and nesting."""
        if self._is_read:
            return await self._next()
        body = bytearray()
        while not self._is_read:
            message = await self._next()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
        if not _is_utf8(body):
            self._refuse(Malformed("A JSON body is UTF-8.", code="malformed_json"))
        if is_too_deep(body):
            self._refuse(Malformed(f"Not JSON, or of more than {LEVELS} levels.", code="malformed_json"))
        if repeats_a_key(body):
            self._refuse(Malformed("A JSON object has the same key twice.", code="malformed_json"))
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    def _refuse(self, error: EscmError) -> NoReturn:
        self._refusal = error
        raise BodyRefused(error)


def is_too_deep(body: bytes | bytearray, levels: int = LEVELS) -> bool:
    """Whether brackets outside strings nest deeper than `levels`, or do not match. Parses nothing.

    Replaces all brackets by one kind and removes the innermost in each pass, in linear time in C for any input.
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
    """Whether a parser reads the bytes as UTF-8. It would read a NUL, which JSON never has, as UTF-16 or UTF-32."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return 0 not in body


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"At most {limit >> 20} MiB here.")


def _late() -> TimedOut:
    return TimedOut("The body did not arrive in time. Send it again over a faster connection.", headers=_CLOSING)


def _busy() -> Unavailable:
    return Unavailable("The server receives too many large bodies. Try again later.", headers=_CLOSING)


def repeats_a_key(text: bytes | bytearray) -> bool:
    """Whether any object in a JSON text has a key twice, at any depth. False for a text that is not JSON."""
    try:
        return value_repeats_a_key(text, orjson.loads(text))
    except orjson.JSONDecodeError:
        return text_repeats_a_key(text)
