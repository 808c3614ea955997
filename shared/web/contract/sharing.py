"""What a document says once: parameters and responses that many operations have are components, and titles that repeat
names are left out."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel

from shared.web.contract.openapi_parts import is_common
from shared.web.contract.schemas import Page, RecordResponse

Json: TypeAlias = dict[str, Any]
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_BASES: Mapping[str, tuple[type[BaseModel], Collection[str]]] = {
    "Record": (RecordResponse, ("status", "visibility")),
    "Page": (Page, ("items",)),
}
"""The members that many schemas share: of which model, without those that each schema says for itself."""


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
    _share_members(components["schemas"])
    _shorten_nullable(document["paths"])
    _shorten_nullable(components)


def whole_of(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Json:
    """An object with the members of the schemas that it extends."""
    extended = [whole_of(document, opened(document, part)) for part in schema.get("allOf", ())]
    properties = {name: part for each in (*extended, schema) for name, part in each.get("properties", {}).items()}
    required = [name for each in (*extended, schema) for name in each.get("required", ())]
    return {**schema, "properties": properties, "required": required}


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


def _share_members(schemas: Json) -> None:
    """Makes one schema of the members that the responses of all records have, and one of those that all pages have.
    Generators take a schema that extends a single one for that one, so that there is a second, which adds nothing."""
    for name, (model, own) in _BASES.items():
        shared = _base(name, model, own)
        for schema in [each for each in schemas.values() if _has_members_of(shared, each)]:
            schemas[name] = shared
            open_object = {"type": "object", "additionalProperties": schema.pop("additionalProperties")}
            schema["allOf"] = [{"$ref": f"#/components/schemas/{name}"}, open_object]
            for member in shared["properties"]:
                del schema["properties"][member]
            schema["required"] = [member for member in schema["required"] if member not in shared["required"]]


def _base(name: str, model: type[BaseModel], own: Collection[str]) -> Json:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    _without_titles(schema, "")
    schema["properties"] = {
        member: {key: part for key, part in each.items() if key != "default"}
        for member, each in schema["properties"].items()
        if member not in own
    }
    schema["required"] = [member for member in schema["required"] if member not in own]
    schema = {key: part for key, part in schema.items() if key not in ("$defs", "title")}
    return {**schema, "description": f"What every {name.lower()} has."}


def _has_members_of(base: Json, schema: Json) -> bool:
    members, required = schema.get("properties", {}), schema.get("required", ())
    return all(
        _said(members.get(name, {})) == _said(part) and (name in required) == (name in base["required"])
        for name, part in base["properties"].items()
    )


def _shorten_nullable(part: Any) -> None:
    """Says of a value that may be null two types, where that suffices, instead of two alternatives."""
    if isinstance(part, dict):
        match part.get("anyOf"):
            case [{"type": str() as kind, **more}, {"type": "null"}] if "enum" not in more and not more.keys() & part:
                del part["anyOf"]
                part |= {"type": [kind, "null"], **more}
        for each in part.values():
            _shorten_nullable(each)
    elif isinstance(part, list):
        for each in part:
            _shorten_nullable(each)


def _said(part: Json) -> Json:
    return {key: value for key, value in part.items() if key != "examples"}
