"""One example for each schema of the contract: a recorded response, or one made of the examples of its parts."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import orjson

from shared.web.contract.contract import STATES

Schema: TypeAlias = Mapping[str, Any]
_OF_FORMAT: Mapping[str, str] = {
    "uuid": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33",
    "date": "2026-11-24",
    "date-time": "2026-11-24T10:00:00.000000Z",
    "uri": "https://www.example.org/",
    "password": "correct horse battery staple",
}
_OF_TYPE: Mapping[str, Any] = {"string": "…", "integer": 1, "number": 1.0, "boolean": True, "object": {}, "null": None}
_DEEPEST = 5
_PAGE: Mapping[str, Any] = {"items": [], "next": None}
"""A page shows none of its items: their schema has an example."""
_FIRST = "membership"
"""The service whose example a schema has that several services share."""


@cache
def recorded(service: str) -> Mapping[str, Any]:
    """Real responses of a service, by the name of their schema. `tests/journeys/test_responses.py` records them."""
    try:
        file = files(f"services.{service}").joinpath("examples.json")
    except ModuleNotFoundError:
        return {}
    content: Mapping[str, Any] = orjson.loads(file.read_bytes()) if file.is_file() else {}
    return content


def add_examples(document: dict[str, Any], service: str) -> None:
    """Gives an example to each schema that an operation names and that has none: the recorded response, or one made of
    its parts. The example of a body has its required members and those with an example of their own, that of a response
    has all. What the example of a schema shows is not repeated at its members. A page has none: that of its items says
    all."""
    own, first = recorded(service), recorded(_FIRST)
    schemas = document["components"]["schemas"]
    shown = own.keys() | _of_operations(document)
    made = {
        name: _example_of(name, schemas)
        for name, schema in schemas.items()
        if "examples" not in schema and name in shown
    }
    for name, of_parts in made.items():
        example = first.get(name, own[name]) if name in own else of_parts
        schemas[name]["examples"] = [example]
        members = example if isinstance(example, dict) else {}
        for member in members.keys() & schemas[name].get("properties", {}).keys():
            _without_examples(schemas[name]["properties"][member])
    for operation in _reads_of_one(document):
        content = operation["responses"]["200"].get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name in own and own[name] != first.get(name, own[name]):
            content["example"] = own[name]


def _of_operations(document: Mapping[str, Any]) -> set[str]:
    """The schemas of bodies and responses, without those that are only parts of others, and without pages."""
    named = set()
    for path in document["paths"].values():
        for operation in path.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                schemas = (content.get("schema", {}) for content in part.get("content", {}).values())
                named |= {schema["$ref"].rpartition("/")[2] for schema in schemas if "$ref" in schema}
    schemas = document["components"]["schemas"]
    return {name for name in named if not _is_page(schemas[name])}


def _is_page(schema: Schema) -> bool:
    return set(schema.get("required", ())) == _PAGE.keys()


def _example_of(name: str, schemas: Mapping[str, Schema]) -> Any:
    """The example of a schema; of a merge patch one member, which says as much as all."""
    example = _example(schemas[name], schemas, 0)
    return dict([*example.items()][:1]) if name.endswith("Patch") and isinstance(example, dict) else example


def _without_examples(schema: dict[str, Any]) -> None:
    schema.pop("examples", None)
    inner = (schema.get(name) for name in ("items", "additionalProperties", "propertyNames"))
    for part in (*schema.get("anyOf", ()), *schema.get("properties", {}).values(), *inner):
        if isinstance(part, dict):
            _without_examples(part)


def _reads_of_one(document: Mapping[str, Any]) -> list[Any]:
    return [item["get"] for path, item in document["paths"].items() if path.endswith("}") and "get" in item]


def _example(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> Any:
    given: Sequence[Any] = next((schema[name] for name in ("examples", "enum", STATES) if schema.get(name)), ())
    if given:
        return given[0]
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    if "anyOf" in schema:
        return _of_union(schema, schemas, depth)
    if "properties" in schema:
        return _of_object(schema, schemas, depth)
    if schema.get("type") == "array":
        return [_example(schema["items"], schemas, depth + 1)] if depth < _DEEPEST else []
    plain = schema.get("const", schema.get("default", _OF_TYPE.get(schema.get("type", "null"))))
    return _OF_FORMAT.get(schema.get("format", ""), plain)


def _of_union(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> Any:
    chosen = next(each for each in schema["anyOf"] if each.get("type") != "null")
    is_deep = depth >= _DEEPEST and {"type": "null"} in schema["anyOf"]
    return None if is_deep else _example(chosen, schemas, depth)


def _of_object(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> dict[str, Any]:
    if _is_page(schema):
        return dict(_PAGE)
    required, is_sent = schema.get("required", ()), schema.get("additionalProperties") is False
    return {
        name: _example(part, schemas, depth + 1)
        for name, part in schema["properties"].items()
        if name in required or not is_sent or _has_example(part)
    }


def _has_example(part: Schema) -> bool:
    return any("examples" in branch for branch in (part, *part.get("anyOf", ())))
