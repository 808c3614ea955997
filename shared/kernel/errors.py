"""What can go wrong, without a word of HTTP: a stable code and one of a few kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorCategory(StrEnum):
    """The few ways in which a request fails."""

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
    UNSUPPORTED_MEDIA = "unsupported_media"
    INVALID = "invalid"
    PRECONDITION_REQUIRED = "precondition_required"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in the input: where (a JSON pointer or a parameter's name), a stable code, a sentence."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None


class EscmError(Exception):
    """A failure that is reported to the caller. `code` is catalogued and stable; `detail` may change.

    `members` are further members of the problem document (such as `current_etag`), `headers` belong to the answer,
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
    """The request cannot be read: broken JSON, an unknown or bad parameter."""

    kind, code = ErrorCategory.MALFORMED, "malformed_request"


class Unauthenticated(EscmError):
    """No credentials, or credentials that are not valid."""

    kind, code = ErrorCategory.UNAUTHENTICATED, "unauthenticated"


class Forbidden(EscmError):
    """The caller may see the thing but not do this to it."""

    kind, code = ErrorCategory.FORBIDDEN, "forbidden"


class NotFound(EscmError):
    """No such thing, or none that the caller may know of."""

    kind, code = ErrorCategory.NOT_FOUND, "not_found"


class Gone(EscmError):
    """It was there and is erased."""

    kind, code = ErrorCategory.GONE, "gone"


class Conflict(EscmError):
    """The state of things does not allow it."""

    kind, code = ErrorCategory.CONFLICT, "conflict"


class CommittedConflict(Conflict):
    """A conflict whose transaction is committed: what the operation wrote about it stays, such as a mail."""


class VersionConflict(EscmError):
    """Somebody else changed the record since the caller read it."""

    kind, code = ErrorCategory.STALE, "version_conflict"


class PreconditionRequired(EscmError):
    """A change without `If-Match`."""

    kind, code = ErrorCategory.PRECONDITION_REQUIRED, "precondition_required"


class TimedOut(EscmError):
    """The request itself took too long to arrive."""

    kind, code = ErrorCategory.TIMED_OUT, "request_timeout"


class TooLarge(EscmError):
    """More bytes, levels or rows than the bound."""

    kind, code = ErrorCategory.TOO_LARGE, "too_large"


class UnsupportedMedia(EscmError):
    """A body of a media type that the route does not take."""

    kind, code = ErrorCategory.UNSUPPORTED_MEDIA, "unsupported_media_type"


class Invalid(EscmError):
    """The body is readable and breaks the contract; `errors` say where."""

    kind, code = ErrorCategory.INVALID, "validation_failed"


class RateLimited(EscmError):
    """Too many requests in the window; `retry_after` says when to come back."""

    kind, code = ErrorCategory.RATE_LIMITED, "rate_limited"


class Unavailable(EscmError):
    """A part that the answer needs does not answer; try again after `retry_after`."""

    kind, code = ErrorCategory.UNAVAILABLE, "unavailable"

    def __init__(self, detail: str = "", *, retry_after: int = 2, **more: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **more)


def pointer_to(*parts: int | str) -> str:
    """The JSON pointer (RFC 6901) to a place in a document, whatever its names hold."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def invalid_field(pointer: str, code: str, detail: str) -> Invalid:
    """The common case of one bad field."""
    return Invalid(detail, errors=[FieldError(code, detail, pointer=pointer)])


def invalid_parameter(parameter: str, detail: str) -> Malformed:
    """The common case of one bad query parameter."""
    error = FieldError("invalid_parameter", detail, parameter=parameter)
    return Malformed(detail, code="invalid_parameter", errors=[error])
