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


def problem_responses(codes: Iterable[str], shared: dict[str, Any]) -> dict[str, Any]:
    """One response per status. Responses with the same codes are one component, named by its code or their digest."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    responses = {}
    for status, group in sorted(by_status.items()):
        if set(group) <= set(_EVERYWHERE):
            continue
        name = group[0] if len(group) == 1 else f"{status}.{sha256(' '.join(group).encode()).hexdigest()[:4]}"
        shared.setdefault(name, _problem_component(status, group))
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return responses


def described_headers(names: Iterable[str], others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The member `headers` of a response, with references to these; nothing without any."""
    headers = {**others, **{name: {"$ref": f"#/components/headers/{name}"} for name in names}}
    return {"headers": headers} if headers else {}


def any_problem() -> dict[str, Any]:
    """The response of whatever no other status of an operation stands for."""
    other = _problem_component(0, _EVERYWHERE)
    return {**other, "description": f"Any other failure; everywhere: {other['description']}"}


def _problem_component(status: int, codes: Sequence[str]) -> dict[str, Any]:
    """A response of a problem; with status 0 of those that every operation can have."""
    headers = {401: ["WWW-Authenticate"], 412: ["ETag"]}.get(status, [])
    headers += ["Retry-After"] if status in (0, 409, 429, 503) else []
    headers += COMMON_HEADERS if status == 0 else ()
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
