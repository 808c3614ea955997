"""What goes wrong, by what the caller can do about it."""

import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


class ApiError(Exception):
    """A response other than the expected one. `problem` is the problem document (RFC 9457): its `code` is stable, and
    `/problems/{code}` explains it. `status` is that of HTTP, 0 if there was no response. `retry_after` is the seconds
    that the system names, if it does."""

    by_status: dict[int, type["ApiError"]] = {}

    def __init_subclass__(cls, status: int = 0) -> None:
        cls.by_status[status] = cls

    def __init__(self, problem: dict[str, Any], retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.retry_after = problem, retry_after
        self.status, self.code = int(problem.get("status", 0)), str(problem.get("code", ""))

    def __str__(self) -> str:
        said = [self.problem.get("title", ""), self.problem.get("detail", "")]
        for error in self.problem.get("errors") or ():
            place = error.get("pointer") or error.get("parameter") or ""
            said.append(f"{place}: {error.get('detail', error.get('code', ''))}")
        if reason := self.problem.get("reason"):
            said.append(f"Reason: {reason}.")
        return " ".join([f"{self.status} {self.code}:", *dict.fromkeys(one for one in said if one)])


class InvalidRequest(ApiError):
    """400, 422 and the like: the request is wrong and stays so."""


class Unauthenticated(ApiError, status=401):
    """401: there is no token, or it is not accepted."""


class Forbidden(ApiError, status=403):
    """403: the caller may not do this; `problem["reason"]` says why."""


class NotFound(ApiError, status=404):
    """404: it does not exist, or the caller may not know of it."""


class Gone(ApiError, status=410):
    """410: it was erased, or the position in the feed has expired."""


class NotAllowedNow(ApiError, status=409):
    """409: the state of the record does not allow it."""


class VersionConflict(ApiError, status=412):
    """412: somebody changed the record since it was read."""


class TryLater(ApiError, status=429):
    """429, 5xx, or no response, also after all repetitions."""


class JobFailed(ApiError):
    """A job ended without success."""


def error_of(response: httpx.Response) -> ApiError:
    """The error of a response whose content was read."""
    problem: dict[str, Any] = {"status": response.status_code, "code": "", "title": response.reason_phrase}
    if "json" in response.headers.get("content-type", ""):
        content: Any = response.json()
        if isinstance(content, dict):
            problem.update(content)
    kind = ApiError.by_status.get(response.status_code, TryLater if response.status_code >= 500 else InvalidRequest)
    return kind(problem, retry_after(response))


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which has them or an instant. None if it has neither."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None
