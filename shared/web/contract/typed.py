"""What generated clients read of a document: JSON alone where a response has it, no member required by its default."""

from collections.abc import Iterator
from typing import Any

from shared.web.contract.contract import JsonSchema

OTHER_MEDIA = "x-other-media-types"
"""Media types of a response that a caller gets by asking for them, beside JSON."""
_JSON = "application/json"


def for_clients(document: dict[str, Any]) -> None:
    """States of each successful response JSON alone, so that a client has one type of it. States defaults in
    descriptions: generators take a member with a `default` for one that is always there, in bodies too."""
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                _json_alone(response)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _defaults_said(content["schema"])
    for schema in document["components"]["schemas"].values():
        _defaults_said(schema)


def _json_alone(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    others = sorted(content.keys() - {_JSON})
    if _JSON not in content or not others:
        return
    if content[_JSON].get("schema"):
        response["content"] = {_JSON: content[_JSON]}
        response[OTHER_MEDIA] = others
    else:
        del content[_JSON]


def _defaults_said(schema: JsonSchema) -> None:
    for part in _members(schema):
        default = part.pop("default", None)
        if default not in (None, [], {}):
            shown = str(default).lower() if isinstance(default, bool) else default
            part["description"] = f"{part.get('description', '')} Default: `{shown}`.".strip()


def _members(schema: JsonSchema) -> Iterator[JsonSchema]:
    """The members of a schema, of its parts and of its alternatives."""
    for member in schema.get("properties", {}).values():
        yield member
        yield from _members(member)
    for part in (*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from _members(part)
