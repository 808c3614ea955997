"""One request: its token, its repetitions, its error."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from uuid import uuid4

import httpx

from .contract import VERSION
from .errors import error_of, unreachable

_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
_IN_PROGRESS = "request_in_progress"
Query = Mapping[str, Any]


class Signer(Protocol):
    """What makes the token of a request."""

    def token(self, transport: "Transport") -> str:
        """The present access token; a new one if it is about to end."""

    def refused(self, token: str) -> bool:
        """The token was refused. Whether there can be another one."""


class Transport:
    """Sends requests. One that had no response, or one that asks to try later, is sent again, up to `attempts` times in
    all, after what `Retry-After` says or a random time that doubles. POST has a key, PATCH and DELETE a version: a
    repetition has no second effect."""

    def __init__(
        self,
        http: httpx.Client,
        signer: Signer | None = None,
        attempts: int = 5,
        longest_wait: float = 120,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.http, self.signer = http, signer
        self.sleep = sleep
        self._attempts, self._longest_wait = attempts, longest_wait

    def send(self, method: str, path: str, *, anonymous: bool = False, **more: Any) -> httpx.Response:
        """The response, read whole. Raises ApiError unless it is a success. The arguments are those of `stream`."""
        with self.stream(method, path, anonymous=anonymous, **more) as response:
            response.read()
            return response

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        form: Callable[[], Mapping[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        anonymous: bool = False,
        longer: float = 0,
        **content: Any,
    ) -> Iterator[httpx.Response]:
        """A response whose content is not read yet. `form` makes the fields of each attempt; `longer` is how many
        seconds more than usual the response may take; `content` is `json` or `files` with `data`. Raises ApiError."""
        given = dict(headers or {})
        if method == "POST" and form is None:
            given["Idempotency-Key"] = key or str(uuid4())
        renewed = False
        attempt = 0
        while True:
            attempt += 1
            token = "" if anonymous or self.signer is None else self.signer.token(self)
            if token:
                given["Authorization"] = f"Bearer {token}"
            _rewind(content)
            body = {"data": form()} if form else content
            request = self.http.build_request(method, path, params=written(query), headers=given, **body)
            request.extensions["timeout"]["read"] = (request.extensions["timeout"]["read"] or 0) + longer
            try:
                response = self.http.send(request, stream=True)
            except httpx.TransportError as failure:
                if attempt >= self._attempts:
                    raise unreachable(failure) from failure
                self._pause(attempt, None)
                continue
            try:
                if response.is_success:
                    yield response
                    return
                response.read()
                error = error_of(response)
            except httpx.TransportError as failure:
                raise unreachable(failure) from failure
            finally:
                response.close()
            if token and error.status == 401 and not renewed and self.signer and self.signer.refused(token):
                renewed, attempt = True, attempt - 1
                continue
            again = response.status_code in _AGAIN or error.code == _IN_PROGRESS
            after = retry_after(response)
            if not again or attempt >= self._attempts or (after or 0) > self._longest_wait:
                raise error
            self._pause(attempt, after)

    def _pause(self, attempt: int, after: float | None) -> None:
        backoff = random.uniform(0.25, 0.5) * 2**attempt  # noqa: S311
        self.sleep(min(backoff, 30) if after is None else after)


def new_http(base_url: str, timeout: float) -> httpx.Client:
    """An HTTP client for an origin."""
    limits = httpx.Timeout(timeout, connect=10)
    agent = {"User-Agent": f"escm-client/{VERSION}"}
    return httpx.Client(base_url=base_url, timeout=limits, headers=agent, follow_redirects=True)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which has them or an instant. None if it has neither."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None


def written(query: Query | None) -> dict[str, str]:
    """Parameters as the API reads them. A name may end with `_`, such as `from_`; None is left out."""
    return {name.rstrip("_"): _value(value) for name, value in (query or {}).items() if value is not None}


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return ",".join(map(_value, value))
    return str(value)


def _rewind(content: Mapping[str, Any]) -> None:
    for _, file in (content.get("files") or {}).values():
        file.seek(0)
