"""Invalid bodies of every operation, made from its description: each place in turn with an invalid value."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from deploy.matrix.contract import description

Path: TypeAlias = tuple[str | int, ...]
Schema: TypeAlias = Mapping[str, Any]
CANARY = "canary7q"
"""Part of every sent value and name that no description contains."""
_TEXT = f"A {CANARY} text"
_DEEPEST = 5
STRANGE = (_TEXT, f"{CANARY}@example.org", f"https://{CANARY}.example/", [_TEXT], {"en": {CANARY: _TEXT}})
"""Text, an address, a page, and an invalid one."""
_TEXTS = STRANGE[:3]
_LONG = f"{CANARY} ~1/%0A\n" + CANARY * 4000


def schema_of(service: str, method: str, path: str) -> Schema:
    """The schema of an operation's JSON body; for a patch, that of the body that creates the record."""
    paths = description(service)["paths"]
    operation = paths[path].get(method.lower(), {})
    if method == "PATCH":
        path, method = path.rpartition("/")[0], "POST"
        operation = paths.get(path, {}).get("post", {})
    content = operation.get("requestBody", {}).get("content", {})
    return _resolved(service, content.get("application/json", {}).get("schema", {}))


def _resolved(service: str, schema: Schema) -> Schema:
    while True:
        if name := schema.get("$ref", "").rpartition("/")[2]:
            schema = description(service)["components"]["schemas"][name]
        elif several := [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each.get("type") != "null"]:
            schema = several[0]
        elif isinstance(kinds := schema.get("type"), list):
            schema = {**schema, "type": kinds[0]}
        else:
            return schema


def places(service: str, schema: Schema, at: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every place that the schema describes, with its schema."""
    schema = _resolved(service, schema)
    yield at, schema
    if len(at) >= _DEEPEST:
        return
    for name, part in schema.get("properties", {}).items():
        yield from places(service, part, (*at, name))
    if isinstance(schema.get("additionalProperties"), Mapping) and "properties" not in schema:
        yield from places(service, schema["additionalProperties"], (*at, "en"))
    if "items" in schema:
        yield from places(service, schema["items"], (*at, 0))


def strange_bodies(service: str, schema: Schema, valid: Any) -> Iterator[Any]:
    """The valid body, changed in one place; or in all at once, so that many faults are reported together."""
    found = list(places(service, schema))
    for at, described in found:
        for value in _TEXTS if described.get("type") == "string" else (_TEXT, {CANARY: _TEXT}):
            yield with_value(valid, at, value)
        if described.get("type") == "object":
            yield with_value(valid, (*at, f"{CANARY} ~/\n{CANARY}@example.org"), {CANARY: _TEXT})
    leaves = [at for at, described in found if at and described.get("type") not in ("object", "array")]
    for value in (*STRANGE, _LONG):
        body = valid
        for at in leaves:
            body = with_value(body, at, value)
        yield body


def with_value(body: Any, at: Path, value: Any) -> Any:
    """A copy of the body with the value at this place; creates missing containers."""
    if not at:
        return value
    step, rest = at[0], at[1:]
    if isinstance(step, int):
        old = list(body) if isinstance(body, list) else []
        return [with_value(old[0] if old else {}, rest, value), *deepcopy(old[1:])]
    members: dict[str, Any] = dict(body) if isinstance(body, Mapping) else {}
    return {**deepcopy(members), step: with_value(members.get(step), rest, value)}
