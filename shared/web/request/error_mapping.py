"""Maps exceptions of frameworks, validators and the database to our own errors. Never repeats input."""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.kernel.errors import (
    Conflict,
    ErrorCategory,
    EscmError,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    NotFound,
    PreconditionRequired,
    RateLimited,
    TimedOut,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    VersionConflict,
)
from shared.web.contract.faults import describe, field_fault


class MethodNotAllowed(EscmError):
    """The address does not support this method; the header `Allow` names those it supports."""

    kind, code = ErrorCategory.METHOD_NOT_ALLOWED, "method_not_allowed"


class BodyRefused(HTTPException):
    """A body that is rejected while it is read. Frameworks pass only an HTTPException from there."""

    def __init__(self, error: EscmError) -> None:
        super().__init__(400)
        self.error = error


@dataclass(frozen=True, slots=True)
class _Constraint:
    pointer: str
    detail: str


_CONSTRAINTS: dict[str, _Constraint] = {}
_BY_STATUS: Mapping[int, type[EscmError]] = {
    400: Malformed,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    408: TimedOut,
    409: Conflict,
    410: Gone,
    412: VersionConflict,
    413: TooLarge,
    415: UnsupportedMedia,
    422: Invalid,
    428: PreconditionRequired,
    429: RateLimited,
    503: Unavailable,
}
_BUSY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionError,
    TimeoutError,
)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE})


def register_constraint(name: str, pointer: str, detail: str) -> None:
    """Registers the field (a JSON pointer) of a unique or exclusion constraint, for the 409 that a violation causes."""
    _CONSTRAINTS[name] = _Constraint(pointer, detail)


def as_escm_error(failure: Exception) -> EscmError:
    """The failure as one of our errors; an unexpected one becomes an internal error."""
    if isinstance(failure, EscmError):
        return failure
    if isinstance(failure, RequestValidationError):
        return _from_validation(failure)
    if isinstance(failure, HTTPException):
        return _from_http(failure)
    if isinstance(failure, (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)):
        return _from_database(failure)
    if isinstance(failure, UnicodeEncodeError):
        return Invalid("Text must not contain lone surrogates.", code="invalid_text")
    return EscmError()


def _from_http(failure: HTTPException) -> EscmError:
    if isinstance(failure, BodyRefused):
        return failure.error
    status = failure.status_code
    kind = _BY_STATUS.get(status) or (EscmError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Malformed)
    return kind(headers=failure.headers)


def _from_database(failure: Exception) -> EscmError:
    if isinstance(failure, (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError)):
        known = _CONSTRAINTS.get(failure.constraint_name or "")
        errors = [FieldError("conflict", known.detail, pointer=known.pointer)] if known else ()
        return _caused(Conflict(known.detail if known else "Another record has this value.", errors=errors), failure)
    if isinstance(failure, asyncpg.ForeignKeyViolationError):
        return _caused(Conflict("A referenced record no longer exists, or others refer to this one."), failure)
    if reason := _unavailable(failure):
        return _caused(Unavailable(reason), failure)
    if isinstance(failure, asyncpg.InsufficientPrivilegeError):
        return _caused(Forbidden("The change is outside your grants."), failure)
    if isinstance(failure, asyncpg.DataError):
        return _caused(Invalid("A value is outside what can be stored."), failure)
    return _caused(EscmError(), failure)


def _unavailable(failure: Exception) -> str:
    """What is unavailable, as a sentence; empty if the failure has another cause."""
    if isinstance(failure, OSError) and failure.errno in _NO_ROOM:
        return "There is no room to store anything at the moment."
    if isinstance(failure, _BUSY) or (isinstance(failure, asyncpg.InterfaceError) and "clos" in str(failure)):
        return "The database is busy or cannot be reached."
    return ""


def _caused(error: EscmError, cause: Exception) -> EscmError:
    error.__cause__ = cause
    return error


def _from_validation(failure: RequestValidationError) -> EscmError:
    faults = failure.errors()
    places = {fault["loc"][0] for fault in faults if fault["loc"]}
    if "path" in places:
        return NotFound()
    if places & {"query", "header", "cookie"}:
        return _bad_parameters([fault for fault in faults if fault["loc"][0] != "body"])
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Malformed("The body is not valid JSON.", code="malformed_json")
    if isinstance(failure.body, bytes):
        return UnsupportedMedia("The operation does not take this Content-Type.")
    errors = {
        (error.pointer, error.code): error
        for error in (field_fault(fault, fault["loc"][1:], failure.body) for fault in faults)
    }
    return Invalid("The body breaks the rules of this operation; see errors.", errors=list(errors.values()))


def _bad_parameters(faults: Sequence[Mapping[str, Any]]) -> Malformed:
    errors = []
    for fault in faults:
        name = str(fault["loc"][1]) if len(fault["loc"]) > 1 else ""
        code, detail = describe(fault)
        if code == "unknown_field":
            errors.append(FieldError("unknown_parameter", "Unknown parameter.", parameter=name))
        else:
            errors.append(
                FieldError("invalid_parameter" if code not in ("required",) else code, detail, parameter=name)
            )
    code = "unknown_parameter" if all(e.code == "unknown_parameter" for e in errors) else "invalid_parameter"
    return Malformed(
        "The request has a parameter that the operation does not take; see errors.", code=code, errors=errors
    )
