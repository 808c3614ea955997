"""One example for each schema of the contract, made of the examples of its parts."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

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


def add_examples(schemas: dict[str, Any]) -> None:
    """Gives an example to each schema that has none. The example of a body has its required members and those with an
    example of their own, that of a response has all."""
    for schema in schemas.values():
        if "examples" not in schema:
            schema["examples"] = [_example(schema, schemas, 0)]


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
    required, is_sent = schema.get("required", ()), schema.get("additionalProperties") is False
    return {
        name: _example(part, schemas, depth + 1)
        for name, part in schema["properties"].items()
        if name in required or not is_sent or _has_example(part)
    }


def _has_example(part: Schema) -> bool:
    return any("examples" in branch for branch in (part, *part.get("anyOf", ())))
