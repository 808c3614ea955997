"""What a document says once: parameters and responses that many operations have are components, and titles that repeat
names are left out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from shared.web.contract.openapi_parts import is_common

Json: TypeAlias = dict[str, Any]
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")


def share(document: Json) -> None:
    """Makes the document shorter without changing what it says."""
    components = document["components"]
    for name, schema in components["schemas"].items():
        _without_titles(schema, name)
    for operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _without_titles(content["schema"], "")
        for parameter in operation.get("parameters", ()):
            _without_titles(parameter.get("schema", {}), parameter.get("name", ""))
            if parameter.get("required") is False:
                del parameter["required"]
        if "parameters" in operation:
            parameters = components.setdefault("parameters", {})
            operation["parameters"] = [_shared_parameter(one, parameters) for one in operation["parameters"]]
    _share_responses(document)


def opened(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a document, or the component that it refers to."""
    while "$ref" in part:
        _, _, kind, name = part["$ref"].split("/")
        part = document["components"][kind][name]
    return part


def _operations(document: Json) -> Iterator[Json]:
    for path in document["paths"].values():
        yield from path.values()


def _plain(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name.lower())


def _without_titles(schema: Json, name: str) -> None:
    """Removes the titles that only repeat the name of a schema or of a member."""
    if _plain(schema.get("title", "")) == _plain(name):
        schema.pop("title", None)
    for member, part in schema.get("properties", {}).items():
        _without_titles(part, member)
    alternatives = (*schema.get("anyOf", ()), *schema.get("allOf", ()))
    for part in (*alternatives, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            _without_titles(part, name)


def _shared_parameter(parameter: Json, components: Json) -> Json:
    if "$ref" in parameter or not is_common(parameter):
        return parameter
    name = parameter["name"]
    components.setdefault(name, parameter)
    return {"$ref": f"#/components/parameters/{name}"}


def _share_responses(document: Json) -> None:
    """Makes one component of the successful responses that several operations have: with the same status, content and
    description, and the headers of each."""
    alike: dict[str, list[tuple[Json, str]]] = {}
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            if status[0] == "2" and "$ref" in schema:
                said = {name: part for name, part in response.items() if name != "headers"}
                alike.setdefault(f"{status} {said}", []).append((operation, status))
    components = document["components"].setdefault("responses", {})
    for places in alike.values():
        if len(places) < 2:
            continue
        operation, status = places[0]
        whole = dict(operation["responses"][status])
        name = whole["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        name = name if status == "200" else f"{name}.{status}"
        if name in components:
            continue
        whole["headers"] = {}
        for operation, status in places:
            whole["headers"] |= operation["responses"][status].get("headers", {})
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
        components[name] = whole
