"""Every failure as one RFC 9457 document: `type`, `title`, `status`, `code`, `detail`, `instance`, `request_id`."""

import re
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any, TypeAlias
from urllib.parse import quote

import orjson
import structlog
from starlette.responses import Response
from starlette.types import Scope

from shared.kernel.clock import to_text
from shared.kernel.errors import ErrorCategory, EscmError, FieldError
from shared.web.contract.catalogue import GENERAL, PROBLEMS, Problem, preferred_language
from shared.web.request.error_mapping import as_escm_error
from shared.web.request.moved import Moved

Respond: TypeAlias = Callable[[Scope, Exception], Response]
"""Makes the response for a failure."""
MEDIA_TYPE = "application/problem+json"
PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource"
"""Where the API says who gives tokens for it (RFC 9728)."""
_LOG = structlog.get_logger("escm.problems")
_MOST_ERRORS = 100
_NAME = re.compile(r"(?=.{1,40}$)(?:[^\W\d]|[ .-]|~[01])+\d{0,4}|\d{1,7}")
"""The form of names of fields, columns and languages, and of positions in lists. Most secrets have another form."""
_PATH_SAFE = "/:@!$&'()*+,;=-._~"
_SHARED_CODES = frozenset({"unknown_field", "invalid_text"})
"""Field codes that become the code of the problem if all its errors have the same one."""
_CHALLENGES = {
    "unauthenticated": 'Bearer realm="escm"',
    "invalid_token": 'Bearer realm="escm", error="invalid_token"',
    "invalid_client": 'Basic realm="escm"',
}
_OAUTH_BY_KIND = {ErrorCategory.INTERNAL: "server_error", ErrorCategory.UNAVAILABLE: "temporarily_unavailable"}
_OAUTH_CODES = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_client",
        "invalid_dpop_proof",
        "invalid_grant",
        "invalid_scope",
        "invalid_target",
        "slow_down",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "use_dpop_nonce",
    }
)
_OF_PROOFS = frozenset({"invalid_dpop_proof", "use_dpop_nonce"})
"""Codes with 401 where a token is used, and with 400 where one is asked for (RFC 9449, 5 and 7)."""
_SENTENCES = {
    ErrorCategory.INTERNAL: "The request could not be completed. The fault was recorded under this request_id.",
    ErrorCategory.NOT_FOUND: "There is nothing at this address, or nothing that you may know of.",
}


def problem_response(scope: Scope, error: EscmError) -> Response:
    """The response for a failure. It never contains the text of an internal error or input."""
    code = _code(error)
    problem = PROBLEMS.get(code)
    if problem is None:
        problem = GENERAL[error.kind]
        _LOG.warning("uncatalogued_problem", code=code, returned=problem.code)
    elif code in _OF_PROOFS and error.kind is ErrorCategory.MALFORMED:
        problem = replace(problem, kind=error.kind)
    language = preferred_language(_header(scope, b"accept-language"))
    document = _document(scope, error, problem, language)
    headers = {
        "cache-control": "no-store",
        "content-language": language,
        "vary": "Authorization, Accept-Language",
        **{name.lower(): value for name, value in error.headers.items()},
    }
    if problem.kind is ErrorCategory.UNAUTHENTICATED:
        challenge = headers.get("www-authenticate") or _CHALLENGES.get(problem.code, _CHALLENGES["unauthenticated"])
        headers["www-authenticate"] = challenge + _resource_metadata(scope, challenge)
    elif problem.kind in (ErrorCategory.UNAVAILABLE, ErrorCategory.RATE_LIMITED):
        headers.setdefault("retry-after", "2")
    body = orjson.dumps(document, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    return Response(body, problem.status, headers, _media_type(scope))


def _media_type(scope: Scope) -> str:
    """That of problems. Libraries of OAuth read errors as plain JSON alone (RFC 6749, 5.2), and ask for it."""
    accept = _header(scope, b"accept")
    is_library = "/oauth/" in str(scope.get("path", "")) and "application/json" in accept
    return "application/json" if is_library and "problem+json" not in accept else MEDIA_TYPE


def _resource_metadata(scope: Scope, challenge: str) -> str:
    """Where a client without a valid token reads who gives them (RFC 9728, 5.1)."""
    app = scope.get("app")
    if app is None or not challenge.startswith("Bearer "):
        return ""
    return f', resource_metadata="{app.state.settings.issuer.rstrip("/")}{PROTECTED_RESOURCE}"'


def _document(scope: Scope, error: EscmError, problem: Problem, language: str) -> dict[str, Any]:
    detail = "" if problem.kind is ErrorCategory.INTERNAL else error.detail
    path = str(scope.get("path", "/"))
    document: dict[str, Any] = {
        "type": problem.type,
        "title": problem.titles[language],
        "status": problem.status,
        "code": problem.code,
        "detail": detail or _SENTENCES.get(problem.kind) or problem.meaning,
        "instance": quote(path, safe=_PATH_SAFE),
        "request_id": scope.get("state", {}).get("request_id", ""),
    }
    if error.errors:
        document["errors"] = [_field(fault) for fault in error.errors[:_MOST_ERRORS]]
    if "/oauth/" in path:
        by_kind = _OAUTH_BY_KIND.get(problem.kind, "invalid_request")
        document["error"] = problem.code if problem.code in _OAUTH_CODES else by_kind
        document["error_description"] = document["detail"]
    if problem.kind is not ErrorCategory.INTERNAL:
        document.update((name, value) for name, value in error.members.items() if name not in document)
    return document


def _code(error: EscmError) -> str:
    if error.code == "validation_failed" and error.errors:
        codes = {fault.code for fault in error.errors}
        if len(codes) == 1 and codes <= _SHARED_CODES:
            return codes.pop()
    return error.code


def _field(fault: FieldError) -> dict[str, str]:
    place: dict[str, str] = {}
    if fault.pointer is not None:
        place["pointer"] = _without_strange_names(fault.pointer)
    if fault.parameter is not None and _NAME.fullmatch(fault.parameter):
        place["parameter"] = fault.parameter
    return {**place, "code": fault.code, "detail": fault.detail}


def _without_strange_names(pointer: str) -> str:
    """The pointer up to the first part that is neither a number nor a name, because it may be a value that a caller
    sent."""
    parts = takewhile(_NAME.fullmatch, pointer.split("/")[1:])
    return "".join(f"/{part}" for part in parts)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def _header(scope: Scope, name: bytes) -> str:
    found: bytes = next((value for key, value in scope.get("headers", ()) if key == name), b"")
    return found.decode("latin-1")


def respond_to(scope: Scope, failure: Exception) -> Response:
    """The response for any exception. Logs internal errors with their place in the code."""
    if isinstance(failure, Moved):
        return _moved(scope, failure)
    error = as_escm_error(failure)
    if error.kind is ErrorCategory.INTERNAL:
        _LOG.error("request_failed", **_where(scope), **_trace(failure))
    elif error.kind is ErrorCategory.FORBIDDEN and error.__cause__ is not None:
        _LOG.error("row_level_security_refused", **_where(scope), **_trace(failure))
    elif error.kind is ErrorCategory.UNAVAILABLE:
        _LOG.warning("request_unavailable", **_where(scope), cause=type(error.__cause__ or failure).__name__)
    return problem_response(scope, error)


def _moved(scope: Scope, moved: Moved) -> Response:
    query = scope.get("query_string", b"").decode("latin-1")
    location = quote(moved.location, safe=_PATH_SAFE) + (f"?{query}" if query else "")
    return Response(status_code=308, headers={"location": location, "cache-control": "no-store"})


def _where(scope: Scope) -> dict[str, Any]:
    route = scope.get("route")
    return {
        "request_id": scope.get("state", {}).get("request_id", ""),
        "method": scope.get("method"),
        "route": getattr(route, "path", None),
    }


def _trace(failure: BaseException) -> dict[str, Any]:
    """Types and places only, because messages of exceptions quote input and rows."""
    frames = traceback.extract_tb(failure.__traceback__)[-12:]
    return {
        "fault": type(failure).__name__,
        "cause": type(failure.__cause__).__name__ if failure.__cause__ else None,
        "constraint": getattr(failure, "constraint_name", None),
        "frames": [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
