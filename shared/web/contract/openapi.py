"""OpenAPI 3.1 of a service: what FastAPI derives, with our problems, headers and security schemes as components."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.examples import add_examples
from shared.web.contract.openapi_parts import HEADERS, PARAMETERS, PATH_PARAMETERS, SECURITY_SCHEMES, query_parameter
from shared.web.contract.route_options import options_of
from shared.web.contract.schemas import Problem

if TYPE_CHECKING:
    from fastapi import FastAPI

_CAMEL_CASE = re.compile(r"^[a-z][a-zA-Z0-9]*$")
_CLASS_NAME = re.compile(r"^[A-Z][a-zA-Z0-9]*(_[a-zA-Z0-9]+)?$")
_REFERENCE = re.compile(r'"#/components/(\w+)/([^"/]+)"')
_TOKENS: list[dict[str, list[str]]] = [{"oauth2": []}, {"bearer": []}]
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")
_JSON_BODY = (
    "malformed_json",
    "request_timeout",
    "too_large",
    "unsupported_media_type",
    "validation_failed",
    "unknown_field",
    "invalid_text",
)
_FORM_BODY = ("malformed_request", "request_timeout", "too_large", "unsupported_media_type", "validation_failed")
_LIMITS = ["RateLimit-Policy", "RateLimit"]
_CONTACT = {"name": "Secretariat of the ESCM Plan"}
_ANY_PROBLEM: dict[str, Any] = {
    "description": "Any other failure.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_STREAMS = ("text/csv", "application/x-ndjson")
_KEYED = ("idempotency_key_required", "request_in_progress", "idempotency_key_reused")
_CONDITIONAL = ("precondition_required", "version_conflict", "conflict")
_TRANSITION = ("unknown_action", "transition_not_allowed")


def describe(app: "FastAPI") -> dict[str, Any]:
    """The document of a service. Raises ValueError for a route without a unique camelCase `operation_id`, and for two
    schemas of one name, which would otherwise have the names of their modules."""
    routes = list(_described(app.routes))
    names = [route.operation_id or "" for route in routes]
    wrong = [route.path for route in routes if not _CAMEL_CASE.match(route.operation_id or "")]
    if wrong or len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"operation ids must be camelCase and unique: missing at {wrong}, twice {twice}")
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description or None,
        routes=routes,
        tags=app.openapi_tags,
        servers=[{"url": "/"}],
        contact=_CONTACT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = document.setdefault("components", {})
    components["schemas"] = {
        **{name: schema for name, schema in components.get("schemas", {}).items() if name not in _FRAMEWORK_SCHEMAS},
        **_problem_schemas(),
    }
    if vague := [name for name in components["schemas"] if not _CLASS_NAME.match(name)]:
        raise ValueError(f"two bodies or responses have the same name; rename one: {vague}")
    components["headers"] = HEADERS
    components["parameters"] = PARAMETERS
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **SECURITY_SCHEMES}
    components["responses"] = {"Problem": _ANY_PROBLEM}
    for route in routes:
        for method in sorted(route.methods or ()):
            _complete(document["paths"][route.path_format][method.lower()], route, method, components["responses"])
    used = {
        tag for path in document["paths"].values() for operation in path.values() for tag in operation.get("tags", ())
    }
    known = {tag["name"] for tag in document.get("tags", ())}
    document["tags"] = [tag for tag in document.get("tags", ()) if tag["name"] in used]
    document["tags"] += [{"name": tag} for tag in sorted(used - known)]
    _without_unused(document)
    add_examples(document["components"]["schemas"])
    return document


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), "Problem": schema}


def render(document: Mapping[str, Any]) -> bytes:
    """The bytes to serve and commit: the same document gives the same bytes."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def merged(documents: Iterable[Mapping[str, Any]], *, title: str, description: str) -> dict[str, Any]:
    """One document of several services. Raises ValueError if two of them use one name for different things."""
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": "1.0.0",
            "description": description,
            "contact": _CONTACT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [],
        "paths": {},
        "components": {},
    }
    for document in documents:
        _join(whole["paths"], document["paths"], "path")
        if "webhooks" in document:
            whole["webhooks"] = document["webhooks"]
        for kind, parts in document["components"].items():
            _join(whole["components"].setdefault(kind, {}), parts, kind)
        present = {tag["name"] for tag in whole["tags"]}
        whole["tags"] += [tag for tag in document.get("tags", ()) if tag["name"] not in present]
    return whole


def _join(into: dict[str, Any], parts: Mapping[str, Any], kind: str) -> None:
    for name, part in parts.items():
        if into.setdefault(name, part) != part:
            raise ValueError(f"two services describe {kind} {name!r} differently; rename one")


def _described(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route


def _complete(operation: dict[str, Any], route: APIRoute, method: str, shared: dict[str, Any]) -> None:
    options, is_ours = options_of(route), getattr(route, "resource", None) is not None
    tokens = [{}, *_TOKENS] if options.is_public else _TOKENS
    operation.setdefault("security", tokens if is_ours or not options.is_public else [])
    parameters = operation.setdefault("parameters", [])
    given = {str(parameter.get("name", "")).lower() for parameter in parameters}
    asked = options.query
    parameters.extend(
        query_parameter(name, asked.filters.get(name), asked.described.get(name, ""))
        for name in sorted(asked.all_names)
        if name not in given
    )
    for parameter in parameters:
        if parameter.get("in") == "path":
            name = parameter["name"]
            parameter.setdefault("description", PATH_PARAMETERS.get(name, f"The {name.replace('_', ' ')}."))
    for name in _header_parameters(route, method):
        if PARAMETERS[name]["name"].lower() not in given:
            parameters.append({"$ref": f"#/components/parameters/{name}"})
    if not parameters:
        del operation["parameters"]
    if "HTTPValidationError" in str(operation["responses"].get("422")):
        del operation["responses"]["422"]
    if "format" in asked.names:
        operation["responses"]["200"]["content"].update({kind: {"schema": {"type": "string"}} for kind in _STREAMS})
    for status, response in operation["responses"].items():
        names = _response_headers(route, method, status)
        response.setdefault("headers", {}).update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
    if options.is_item:
        operation["responses"]["304"] = {"description": "The representation named by `If-None-Match` is current."}
    operation["responses"].update(_problem_responses(_problems(route, method, is_ours), shared))
    operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}


def _problems(route: APIRoute, method: str, is_ours: bool) -> set[str]:
    options = options_of(route)
    codes = {"internal_error", "maintenance", "unavailable", *options.problems}
    if is_ours:
        codes |= {"unknown_parameter", "invalid_parameter", "invalid_token", "rate_limited"}
        codes |= set() if options.is_public else {"unauthenticated", "forbidden"}
    if "{" in route.path:
        codes.add("not_found")
    if _is_paged(route):
        codes.add("invalid_cursor")
    if route.body_field is not None:
        is_form = type(route.body_field.field_info).__name__ in ("Form", "File")
        codes.update(_FORM_BODY if is_form else _JSON_BODY)
    if is_ours and _is_keyed(route, method):
        codes.update(_KEYED)
    if options.is_conditional:
        codes.update(_CONDITIONAL)
        codes.update(_TRANSITION if method == "POST" else ())
    return codes


def _problem_responses(codes: Iterable[str], shared: dict[str, Any]) -> dict[str, Any]:
    """One response per status. Responses with the same codes are one component, named by its codes."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    responses = {}
    for status, group in sorted(by_status.items()):
        name = ".".join(group)
        shared.setdefault(name, _problem_component(status, group))
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return responses


def _problem_component(status: int, codes: list[str]) -> dict[str, Any]:
    headers = ["X-Request-Id"]
    headers += {401: ["WWW-Authenticate"], 412: ["ETag"], 409: ["Retry-After"]}.get(status, [])
    headers += ["Retry-After"] if status in (429, 503) else []
    headers += _LIMITS if status == 429 else []
    return {
        "description": " ".join(f"`{code}`: {PROBLEMS[code].titles['en']}." for code in codes),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "x-problem-codes": codes,
            }
        },
    }


def _without_unused(document: dict[str, Any]) -> None:
    """Removes unreferenced components, and those that only they reference."""
    components = document["components"]
    size = -1
    while size != (size := sum(map(len, components.values()))):
        named = set(_REFERENCE.findall(orjson.dumps(document).decode()))
        for kind, parts in components.items():
            if kind != "securitySchemes":
                components[kind] = {name: part for name, part in parts.items() if (kind, name) in named}
    schemes = {
        name
        for path in document["paths"].values()
        for operation in path.values()
        for way in operation["security"]
        for name in way
    }
    components["securitySchemes"] = {n: s for n, s in components["securitySchemes"].items() if n in schemes}
    document["components"] = {kind: parts for kind, parts in components.items() if parts}


def _is_paged(route: APIRoute) -> bool:
    own = {field.alias for field in route.dependant.query_params}
    return "cursor" in own | options_of(route).query.all_names


def _is_keyed(route: APIRoute, method: str) -> bool:
    return method == "POST" and options_of(route).is_keyed


def _header_parameters(route: APIRoute, method: str) -> list[str]:
    if getattr(route, "resource", None) is None:
        return []
    options = options_of(route)
    names = ["IfMatch"] if options.is_conditional else []
    names += ["IdempotencyKey"] if _is_keyed(route, method) else []
    return names + (["IfNoneMatch"] if options.is_item else [])


def _response_headers(route: APIRoute, method: str, status: str) -> list[str]:
    names, options = ["X-Request-Id"], options_of(route)
    if getattr(route, "resource", None) is None:
        return names + (_LIMITS if "rate_limited" in options.problems else [])
    if options.is_item or status == "201" or (options.is_conditional and status == "200"):
        names.append("ETag")
    names += {"201": ["Location"], "202": ["Location", "Retry-After"]}.get(status, [])
    if _is_paged(route):
        names.append("Link")
    return names + _LIMITS + (["Idempotency-Replayed"] if _is_keyed(route, method) else [])
