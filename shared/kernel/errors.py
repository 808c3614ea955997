"""Failures, independent of HTTP: a stable code and one of a few categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorCategory(StrEnum):
    """The categories of failed requests."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TIMED_OUT = "timed_out"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    TOO_LARGE = "too_large"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    UNSUPPORTED_MEDIA = "unsupported_media"
    INVALID = "invalid"
    PRECONDITION_REQUIRED = "precondition_required"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in the input: its place (a JSON pointer or a parameter's name), a stable code, a sentence."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None


class EscmError(Exception):
    """A failure that is reported to the caller. `code` is catalogued and stable; `detail` may change.

    `members` are further members of the problem document (such as `current_etag`), `headers` are those of the response,
    `retry_after` is in seconds.
    """

    kind: ErrorCategory = ErrorCategory.INTERNAL
    code: str = "internal_error"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


class Malformed(EscmError):
    """The request cannot be parsed: broken JSON, an unknown or bad parameter."""

    kind, code = ErrorCategory.MALFORMED, "malformed_request"


class Unauthenticated(EscmError):
    """Credentials are missing or not valid."""

    kind, code = ErrorCategory.UNAUTHENTICATED, "unauthenticated"


class Forbidden(EscmError):
    """The caller may see the object but not do this to it."""

    kind, code = ErrorCategory.FORBIDDEN, "forbidden"


class NotFound(EscmError):
    """The object does not exist, or the caller may not know of it."""

    kind, code = ErrorCategory.NOT_FOUND, "not_found"


class Gone(EscmError):
    """The object was erased."""

    kind, code = ErrorCategory.GONE, "gone"


class Conflict(EscmError):
    """The present state does not allow it."""

    kind, code = ErrorCategory.CONFLICT, "conflict"


class CommittedConflict(Conflict):
    """A conflict whose transaction is committed, to keep what the operation wrote about it, such as a mail."""


class VersionConflict(EscmError):
    """Somebody else changed the record since the caller read it."""

    kind, code = ErrorCategory.STALE, "version_conflict"


class PreconditionRequired(EscmError):
    """A change without `If-Match`."""

    kind, code = ErrorCategory.PRECONDITION_REQUIRED, "precondition_required"


class TimedOut(EscmError):
    """The request took too long to arrive."""

    kind, code = ErrorCategory.TIMED_OUT, "request_timeout"


class TooLarge(EscmError):
    """More bytes, levels or rows than the limit."""

    kind, code = ErrorCategory.TOO_LARGE, "too_large"


class RangeNotSatisfiable(EscmError):
    """The requested bytes are not within the file."""

    kind, code = ErrorCategory.RANGE_NOT_SATISFIABLE, "range_not_satisfiable"


class UnsupportedMedia(EscmError):
    """The route does not accept the body's media type."""

    kind, code = ErrorCategory.UNSUPPORTED_MEDIA, "unsupported_media_type"


class Invalid(EscmError):
    """The body is valid JSON and violates the contract; `errors` say where."""

    kind, code = ErrorCategory.INVALID, "validation_failed"


class RateLimited(EscmError):
    """Too many requests in the window; the window ends in `retry_after` seconds."""

    kind, code = ErrorCategory.RATE_LIMITED, "rate_limited"


class Unavailable(EscmError):
    """A required component does not respond; retry after `retry_after` seconds."""

    kind, code = ErrorCategory.UNAVAILABLE, "unavailable"

    def __init__(self, detail: str = "", *, retry_after: int = 2, **more: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **more)


def pointer_to(*parts: int | str) -> str:
    """The JSON pointer (RFC 6901) to a place in a document, with its parts escaped."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def invalid_field(pointer: str, code: str, detail: str) -> Invalid:
    """The error of one invalid field."""
    return Invalid(detail, errors=[FieldError(code, detail, pointer=pointer)])


def no_such(what: str) -> str:
    """What is said of a record that does not exist, or that the caller may not know of."""
    return f"There is no such {what}."


def unknown_reference(pointer: str, what: str) -> Invalid:
    """The error of a field that names no record: `what` is one, such as `centre` or `period in the country`."""
    return invalid_field(pointer, "unknown_reference", no_such(what))


def invalid_parameter(parameter: str, detail: str) -> Malformed:
    """The error of one invalid query parameter."""
    error = FieldError("invalid_parameter", detail, parameter=parameter)
    return Malformed(detail, code="invalid_parameter", errors=[error])
