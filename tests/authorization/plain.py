"""Bodies that create records of plain kinds, made from the description: the required fields, each with any value."""

from collections.abc import Callable, Iterator
from typing import Any

from deploy.matrix.operations import Operation, operations
from shared.kernel.clock import now, to_text, today
from tests.authorization.bodies import Schema, places, schema_of

Ids = Callable[[str], str]
"""The id of a record at an address, such as `/centres/v1/centres`."""


def body_of(operation: Operation, country: str, word: str, ids: Ids) -> dict[str, Any]:
    """A restricted record in the country, whose texts are the word; empty if the operation takes no JSON."""
    schema = schema_of(operation.service, operation.method, operation.path)
    place = {"country": country, "visibility": "restricted"}
    body = _value(operation.service, schema, word, ids) if schema else {}
    return {**body, **{name: value for name, value in place.items() if name in schema.get("properties", ())}}


def _value(service: str, schema: Schema, word: str, ids: Ids) -> Any:
    """A value that the schema allows."""
    (_, schema), *_ = places(service, schema)
    if reference := schema.get("x-escm-reference"):
        return ids(reference)
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema["type"] == "object":
        if "properties" not in schema:
            return {"en": _value(service, schema["additionalProperties"], word, ids)}
        return {name: _value(service, schema["properties"][name], word, ids) for name in schema.get("required", ())}
    if schema["type"] == "array":
        return [_value(service, schema["items"], word, ids)] * schema.get("minItems", 0)
    formatted = {"date": str(today()), "date-time": to_text(now())}
    return (
        formatted.get(schema.get("format", ""), word) if schema["type"] == "string" else int(schema.get("minimum", 1))
    )


def plain_kinds() -> Iterator[Operation]:
    """What creates records with addresses of their own from JSON."""
    known = {(each.method, each.path): each for each in operations() if not each.note}
    for (method, path), operation in known.items():
        if method == "POST" and ("GET", f"{path}/{{record}}") in known and schema_of(operation.service, method, path):
            yield operation
