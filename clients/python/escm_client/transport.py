"""One request: its token, its repetitions, its error."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import httpx

from .errors import ApiError, TryLater, error_of

if TYPE_CHECKING:
    from .credentials import Credentials

Form: TypeAlias = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""The fields of a form, or what makes those of each attempt."""
_AGAIN = frozenset({0, 408, 425, 429, 502, 503, 504})
_LONGEST_WAIT = 120


class Transport:
    """Sends requests. One that had no response, or one that asks to try later, is sent again, up to `attempts` times in
    all, after what `Retry-After` says or a random time that doubles. POST has a key, PATCH and DELETE a version: a
    repetition has no second effect."""

    def __init__(
        self, http: httpx.Client, signer: "Credentials | None", attempts: int, sleep: Callable[[float], object]
    ) -> None:
        self.http, self.signer, self.sleep = http, signer, sleep
        self._attempts = attempts

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The response, read whole. Raises ApiError unless it is a success. The arguments are those of `stream`."""
        with self.stream(method, path, whole=True, **more) as response:
            return response

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        form: Form | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        anonymous: bool = False,
        longer: float = 0,
        whole: bool = False,
        **content: Any,
    ) -> Iterator[httpx.Response]:
        """A response whose content is not read yet, unless it is wanted `whole`. `longer` is how many seconds more
        than usual the response may take; `content` is `json` or `files` with `data`. Raises ApiError."""
        given = dict(headers or {})
        if method == "POST" and form is None:
            given["Idempotency-Key"] = key or str(uuid4())
        attempt, renewed, has_nonce = 1, False, False
        while True:
            token = "" if anonymous or self.signer is None else self.signer.token(self)
            if token and self.signer:
                given["Authorization"] = f"{self.signer.scheme} {token}"
            body = {"data": form() if callable(form) else form} if form else _rewound(content)
            request = self.http.build_request(method, path, params=written(query) or None, headers=given, **body)
            request.extensions["timeout"]["read"] += longer
            outcome = self._attempt(request, whole=whole)
            if isinstance(outcome, httpx.Response):
                break
            if outcome.code == "use_dpop_nonce" and not has_nonce:
                has_nonce = True
                continue
            if outcome.status == 401 and token and not renewed and self.signer and self.signer.refused(token):
                renewed = True
                continue
            passes = outcome.status in _AGAIN or outcome.code == "request_in_progress"
            if not passes or attempt >= self._attempts or (outcome.retry_after or 0) > _LONGEST_WAIT:
                raise outcome
            self._pause(attempt, outcome.retry_after)
            attempt += 1
        try:
            yield outcome
        finally:
            outcome.close()

    def _attempt(self, request: httpx.Request, *, whole: bool) -> httpx.Response | ApiError:
        try:
            response = self.http.send(request, stream=not whole)
            if response.is_success:
                return response
            response.read()
        except httpx.TransportError as failure:
            return TryLater({"status": 0, "code": "no_response", "title": f"No response: {failure}"})
        return error_of(response)

    def _pause(self, attempt: int, after: float | None) -> None:
        backoff = random.uniform(0.25, 0.5) * 2**attempt  # noqa: S311
        self.sleep(min(backoff, 30) if after is None else after)


def written(query: Mapping[str, Any] | None) -> dict[str, str]:
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


def _rewound(content: dict[str, Any]) -> dict[str, Any]:
    for _, file in content.get("files", {}).values():
        file.seek(0)
    return content
