"""OpenAPI 3.1 of a service: what FastAPI derives, with our problems, headers and security schemes as components."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from shared.web.contract.examples import add_examples
from shared.web.contract.grouping import tag_groups
from shared.web.contract.openapi_parts import HEADERS, PARAMETERS, PATH_PARAMETERS, SECURITY_SCHEMES, query_parameter
from shared.web.contract.problem_responses import COMMON_HEADERS, described_headers, problem_responses
from shared.web.contract.route_options import STEP_UP, STEP_UP_PROBLEMS, options_of
from shared.web.contract.saying import say
from shared.web.contract.schemas import Problem
from shared.web.contract.sharing import share
from shared.web.contract.typed import for_clients

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
_LINE = 200
"""The bytes of an object that stands on one line."""
_CONTACT = {"name": "Secretariat of the ESCM Plan"}
GROUPS = "x-tagGroups"
"""The member of a document with the contexts of its tags."""
COMMON = "x-common-headers"
"""The member of a document with the headers of every response."""
_KEYED = ("idempotency_key_required", "request_in_progress", "idempotency_key_reused")
_CONDITIONAL = ("precondition_required", "version_conflict", "conflict")
_TRANSITION = ("unknown_action", "transition_not_allowed")


def describe(app: "FastAPI", service: str) -> dict[str, Any]:
    """The document of a service, with its recorded examples. Raises ValueError for a route without a unique camelCase
    `operation_id`, and for two schemas of one name, which would otherwise have the names of their modules."""
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
    components["responses"] = {
        "NotModified": {"description": "The representation named by `If-None-Match` is current."}
    }
    about = {tag["name"]: tag["description"] for tag in app.openapi_tags or ()}
    for route in routes:
        for method in sorted(route.methods or ()):
            operation = document["paths"][route.path_format][method.lower()]
            _complete(operation, route, method, components["responses"])
            say(operation, about, components["schemas"])
            if operation["security"] == _TOKENS:
                document["security"] = operation.pop("security")
    used = {
        tag for path in document["paths"].values() for operation in path.values() for tag in operation.get("tags", ())
    }
    known = {tag["name"] for tag in document.get("tags", ())}
    document["tags"] = [tag for tag in document.get("tags", ()) if tag["name"] in used]
    document["tags"] += [{"name": tag} for tag in sorted(used - known)]
    document[GROUPS] = tag_groups(routes, [tag["name"] for tag in document["tags"]])
    document[COMMON] = {name: HEADERS[name] for name in COMMON_HEADERS}
    document["components"] = components_of({**document, "components": {}}, components)
    add_examples(document, service)
    for_clients(document)
    share(document)
    return document


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), "Problem": schema}


def render(document: Mapping[str, Any]) -> bytes:
    """The bytes to serve and commit: the same document gives the same bytes. What fits stands on one line, and nothing
    is indented, so that the file is small and a changed field is a changed line."""
    return b"".join((*_lines(document), b"\n"))


def _lines(part: Any) -> Iterator[bytes]:
    whole = orjson.dumps(part)
    if not isinstance(part, dict) or not part or len(whole) <= _LINE:
        yield whole
        return
    yield b"{"
    for number, (name, value) in enumerate(part.items()):
        yield (b",\n" if number else b"\n") + orjson.dumps(name) + b":"
        yield from _lines(value)
    yield b"}"


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
        "security": _TOKENS,
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
        whole[COMMON] = document[COMMON]
        _add_groups(whole.setdefault(GROUPS, []), document[GROUPS])
    return whole


def _add_groups(into: list[dict[str, Any]], groups: Iterable[Mapping[str, Any]]) -> None:
    """Adds the groups of a service. Tags of one name are one, and are in the first of their groups."""
    grouped = {tag for group in into for tag in group["tags"]}
    for group in groups:
        tags = [tag for tag in group["tags"] if tag not in grouped]
        same = next((each for each in into if each["name"] == group["name"]), None)
        if same is not None:
            same["tags"] = [*same["tags"], *tags]
        elif tags:
            into.append({**group, "tags": tags})


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
    if "bom" in asked.names and "format" not in asked.names:
        operation["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    for status, response in operation["responses"].items():
        response.update(described_headers(_response_headers(route, method, status), response.get("headers", {})))
    operation.update(options.deprecation.described if options.deprecation else {})
    operation.update({STEP_UP: options.step_up.described} if options.step_up else {})
    if options.is_item:
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
    operation["responses"].update(problem_responses(_problems(route, method, is_ours), shared))


def _problems(route: APIRoute, method: str, is_ours: bool) -> set[str]:
    options = options_of(route)
    codes = {"internal_error", "maintenance", "unavailable", *options.problems}
    if is_ours:
        codes |= {"unknown_parameter", "invalid_parameter", "invalid_token", "rate_limited"}
        codes |= set() if options.is_public else {"unauthenticated", "forbidden"}
        codes |= set(STEP_UP_PROBLEMS) if options.step_up else set()
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


def components_of(part: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """The components that a document needs for its paths and its other members, and those that they need."""
    needed: set[tuple[str, str]] = set()
    found = _named(part)
    while found:
        needed |= found
        found = set().union(*(_named(components[kind][name]) for kind, name in found)) - needed
    needed |= {("securitySchemes", name) for name in _schemes(part)}
    kept = {
        kind: {name: each for name, each in parts.items() if (kind, name) in needed}
        for kind, parts in components.items()
    }
    return {kind: parts for kind, parts in kept.items() if parts}


def _named(part: Any) -> set[tuple[str, str]]:
    return set(_REFERENCE.findall(orjson.dumps(part).decode()))


def _schemes(document: Mapping[str, Any]) -> set[str]:
    operations = (operation for path in document["paths"].values() for operation in path.values())
    return {name for operation in operations for way in operation.get("security", _TOKENS) for name in way}


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
    """The headers of a successful response, without those of every response."""
    names: list[str] = []
    options = options_of(route)
    if getattr(route, "resource", None) is None:
        return names
    if options.is_item or status == "201" or (options.is_conditional and status == "200"):
        names.append("ETag")
    names += {"201": ["Location"], "202": ["Location", "Retry-After"]}.get(status, [])
    if _is_paged(route):
        names.append("Link")
    return names + (["Idempotency-Replayed"] if _is_keyed(route, method) else [])
