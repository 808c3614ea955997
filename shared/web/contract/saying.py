"""What an operation says in words, where its route does not say it: what comes back."""

import re
from collections.abc import Mapping
from typing import Any

from shared.web.contract.route_options import ABOUT

_BY_FRAMEWORK = "Successful Response"
_WITHOUT_CONTENT = {"202": "The request is taken; there is no content.", "204": "It is done; there is no content."}


def say(operation: dict[str, Any], about: Mapping[str, str], schemas: Mapping[str, Any]) -> None:
    """Puts the sentence about the operation's tag into its description, and says of each successful response what it
    is: the first sentence about its schema, or its media types."""
    tags = operation.get("tags", ())
    of_tag = next((about[tag] for tag in tags if tag in about), "")
    operation["description"] = operation.get("description", "").replace(ABOUT, of_tag).strip()
    for status, response in operation["responses"].items():
        if response.get("description") == _BY_FRAMEWORK:
            response["description"] = _what(status, response.get("content", {}), schemas)


def _what(status: str, content: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        return _first_sentence(schemas[schema["$ref"].rpartition("/")[2]])
    if "$ref" in schema.get("items", {}):
        return f"A list. Each item: {_first_sentence(schemas[schema['items']['$ref'].rpartition('/')[2]])}"
    if "anyOf" in schema:
        parts = (schemas[part["$ref"].rpartition("/")[2]] for part in schema["anyOf"] if "$ref" in part)
        return "One of these. " + " ".join(_first_sentence(part) for part in parts)
    files = sorted(content.keys() - {"application/json"})
    return f"The content, as {' or '.join(files)}." if files else _WITHOUT_CONTENT.get(status, "It is done.")


def _first_sentence(schema: Mapping[str, Any]) -> str:
    text = " ".join(str(schema.get("description", schema.get("title", ""))).split())
    return re.split(r"(?<=[.;:]) ", text, maxsplit=1)[0].rstrip(".;:") + "."
