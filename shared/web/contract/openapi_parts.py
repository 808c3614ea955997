"""The parts that every service's OpenAPI document shares."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.kernel.principal import VISIBILITIES
from shared.records.filters import Filter, instant, parsed_day, truth
from shared.web.contract.route_options import Chosen
from shared.web.contract.typed import OTHER_MEDIA

TOKEN_URL = "/access/v1/oauth/token"  # noqa: S105


def _text(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


HEADERS: dict[str, Any] = {
    "ETag": _text("Version of the record and digest of the representation.", '"3.9f86d081"'),
    "Location": _text(
        "Where the new record or the job is.", "/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"
    ),
    "Link": _text("The next page (`rel=next`).", '</membership/v1/experts?cursor=…>; rel="next"'),
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0, "examples": [2]}},
    "RateLimit-Policy": _text(
        "The limit that the request counts against: `q` requests in `w` seconds.", '"client";q=6000;w=60'
    ),
    "RateLimit": _text("What is left of it: `r` requests, until `t` seconds from now.", '"client";r=5987;t=42'),
    "WWW-Authenticate": _text("How to authenticate.", 'Bearer realm="escm"'),
    "X-Request-Id": _text("The id of this request, as in problems and logs.", "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"),
    "Idempotency-Replayed": _text("`true` if the response is a stored one.", "true"),
}
PARAMETERS: dict[str, Any] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        **_text("The ETag of the record that the change is based on; `*` is rejected.", '"3.9f86d081"'),
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        **_text("ETags that the caller has; 304 where one is current.", '"3.9f86d081"'),
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key and body return the same response for 72 hours. Required from API clients.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "examples": ["import-2026-11-24-row-17"]},
    },
}
SECURITY_SCHEMES: dict[str, Any] = {
    "oauth2": {
        "type": "oauth2",
        "description": "Access tokens of ten minutes: client credentials for machines, e-mail and password for people.",
        "flows": {
            "clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": {}},
            "password": {"tokenUrl": TOKEN_URL, "scopes": {}},
        },
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token, one of a trusted issuer, or an API key. In GET an API key may also be the"
        " password of HTTP Basic, with the user name `key`.",
    },
}
PATH_PARAMETERS: dict[str, str] = {
    "affiliation": "The id of the affiliation.",
    "code": "The country, as an ISO 3166-1 alpha-2 code; or the code of a problem.",
    "export": "The id of the export's job.",
    "job": "The id of the job.",
    "name": "The code of the framework before the slash.",
    "number": "The number of the list.",
    "pending_id": "The id of the pending transition.",
    "purpose": "`revocation` or `suspension`.",
    "record": "The id or the ref of the record.",
    "review_id": "The id of the review.",
    "session": "The id of the session.",
    "year": "The code of the framework after the slash.",
}


_STREAMS = ("text/csv", "application/x-ndjson", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_HOLDER = (
    "`me`: records whose next step is the caller's, or with a transition that waits for a second person; needs a token."
)
_INSTANT: dict[str, Any] = {"type": "string", "format": "date-time", "examples": ["2026-11-24T10:00:00.000000Z"]}
_QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "limit": ("Entries of a page.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    "cursor": ("The position to continue from, as in `next`; for the same filters and sort.", {"type": "string"}),
    "sort": ("A field, with `-` for descending.", {"type": "string", "default": "id", "examples": ["-updated_at"]}),
    "fields": (
        "Only these fields, by commas, and `id`. The response lacks others: `/docs/validation.json` has its schema.",
        {"type": "string", "examples": ["id,ref"]},
    ),
    "include": (
        "Additional members of the response, by commas; every list has `total_estimate`, lists of records `permitted`.",
        {"type": "string", "examples": ["total_estimate"]},
    ),
    "q": ("Text in a name, title or subject; one or two characters match the beginning of a word.", {"type": "string"}),
    "format": (
        "The whole list as a stream, not a page.",
        {"type": "string", "enum": ["csv", "ndjson", "xlsx"], OTHER_MEDIA: [*_STREAMS]},
    ),
    "safe": (
        "With CSV, whether an apostrophe prevents formulas in cells; default: `false` for clients and keys.",
        {"type": "boolean"},
    ),
    "bom": (
        "With CSV, whether it begins with the mark by which Excel knows UTF-8; default: `false`.",
        {"type": "boolean"},
    ),
    "updated_after": ("Changed after this instant.", _INSTANT),
    "updated_before": ("Changed before this instant.", _INSTANT),
    "as_of": ("The day of the response, today or in the past.", {"type": "string", "format": "date"}),
    "region": (
        "Regions of UN M49, by number or name, separated by commas.",
        {"type": "string", "examples": ["Asia"]},
    ),
    "country": ("ISO 3166-1 alpha-2 codes, separated by commas.", {"type": "string", "examples": ["PK,KE"]}),
    "holder": (
        _HOLDER,
        {"type": "string", "enum": ["me"]},
    ),
    "visibility": (
        "Visibilities, separated by commas.",
        {"type": "array", "items": {"type": "string", "enum": [*VISIBILITIES]}, "minItems": 1},
    ),
}


_OF_PARSER: dict[Any, dict[str, Any]] = {
    UUID: {"type": "string", "format": "uuid"},
    instant: _INSTANT,
    parsed_day: {"type": "string", "format": "date"},
    truth: {"type": "boolean"},
}


def query_parameter(name: str, chosen: Filter | None = None, said: str | Chosen = "") -> dict[str, Any]:
    """A query parameter: a common one, a filter of a list, or one with the description `said`. Raises ValueError if
    there is no description."""
    if not (said or chosen or name in _QUERIES):
        raise ValueError(f"describe the query parameter {name}")
    description, schema = _as_said(said) if said else _of_filter(chosen) if chosen else _QUERIES[name]
    as_list = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    return {"name": name, "in": "query", "description": description, "schema": schema, **as_list}


def is_common(parameter: Mapping[str, Any]) -> bool:
    """Whether all services describe a parameter with these words."""
    name, described = parameter["name"], parameter.get("description")
    if parameter["in"] == "path":
        return described == PATH_PARAMETERS.get(name) and parameter["schema"] == {"type": "string"}
    return name in _QUERIES and (described, parameter["schema"]) == _QUERIES[name]


def _as_said(said: str | Chosen) -> tuple[str, dict[str, Any]]:
    if isinstance(said, Chosen):
        others = {OTHER_MEDIA: [*said.media_types]} if said.media_types else {}
        return said.description, {"type": "string", "enum": [*said.values], **others}
    return said, {"type": "string"}


def _of_filter(chosen: Filter) -> tuple[str, dict[str, Any]]:
    if chosen.name in _QUERIES:
        return _QUERIES[chosen.name]
    schema = _OF_PARSER.get(chosen.parse, {"type": "string"})
    if chosen.choices:
        schema = {"type": "string", "enum": [*chosen.choices]}
        schema = {"type": "array", "items": schema, "minItems": 1} if chosen.array else schema
    return f"{chosen.description}.", schema
