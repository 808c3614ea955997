"""The responses of failures: a component for each set of problems of a status, and one for what can fail everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from shared.web.contract.catalogue import PROBLEMS

COMMON_HEADERS = ("X-Request-Id", "RateLimit-Policy", "RateLimit")
"""Headers of every response; the limits where the caller has one."""
_EVERYWHERE = ("internal_error", "maintenance", "rate_limited", "unavailable")
"""Problems that every operation can have."""
_USUAL = {
    *_EVERYWHERE,
    *("unauthenticated", "invalid_token", "forbidden"),
    *("unknown_parameter", "invalid_parameter", "invalid_cursor", "malformed_json", "malformed_request"),
    *("request_timeout", "too_large", "unsupported_media_type", "idempotency_key_required"),
}
"""Problems of every operation that takes tokens, parameters or a body."""


def problem_responses(codes: Iterable[str], shared: dict[str, Any]) -> dict[str, Any]:
    """One response for each status that the operation has problems of its own with, and `default` for the usual ones.
    Responses with the same codes are one component, named by its code or their digest."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    own = {status: group for status, group in sorted(by_status.items()) if not _USUAL.issuperset(group)}
    usual = sorted({*_EVERYWHERE, *codes}.difference(*own.values()))
    responses = {}
    for status, group in own.items():
        name = group[0] if len(group) == 1 else f"{status}.{_digest(group)}"
        shared.setdefault(name, _problem_component(status, group))
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    name = "Problem" if usual == sorted(_EVERYWHERE) else f"Problem.{_digest(usual)}"
    shared.setdefault(name, _any_problem(usual))
    return {**responses, "default": {"$ref": f"#/components/responses/{name}"}}


def _digest(codes: Sequence[str]) -> str:
    return sha256(" ".join(codes).encode()).hexdigest()[:4]


def described_headers(names: Iterable[str], others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The member `headers` of a response, with references to these; nothing without any."""
    headers = {**others, **{name: {"$ref": f"#/components/headers/{name}"} for name in names}}
    return {"headers": headers} if headers else {}


def _any_problem(codes: Sequence[str]) -> dict[str, Any]:
    """The response of whatever no other status of an operation stands for."""
    named = ", ".join(f"`{code}` ({PROBLEMS[code].status})" for code in codes)
    return {**_problem_component(0, codes), "description": f"Any other failure: {named}."}


def _problem_component(status: int, codes: Sequence[str]) -> dict[str, Any]:
    """A response of a problem; with status 0 of those that no status of the operation names."""
    statuses = {PROBLEMS[code].status for code in codes}
    headers = ["WWW-Authenticate"] if 401 in statuses else []
    headers += ["ETag"] if 412 in statuses else []
    headers += ["Retry-After"] if status in (0, 409, 429, 503) else []
    return {
        "description": " ".join(f"`{code}`: {PROBLEMS[code].titles['en']}." for code in codes),
        **described_headers(headers),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "x-problem-codes": [*codes],
            }
        },
    }
