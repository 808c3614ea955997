"""What schemathesis leaves out: `fields`, since the description states the whole record and not every choice, and the
schema of event streams, since it applies it to their comments and to the part that only says when to connect again.
What it is told more: the media types that responses have besides JSON."""

from collections.abc import Mapping
from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    streams = raw_schema["components"].get("parameters", {}).get("format")
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            given = operation.get("parameters", ())
            operation["parameters"] = [one for one in given if "fields" not in (one.get("name"), _named(one))]
            for response in operation["responses"].values():
                _complete(response)
            if "format" in map(_named, given):
                _complete(operation["responses"]["200"], streams["schema"])
    for response in raw_schema["components"]["responses"].values():
        _complete(response)


def _named(parameter: dict[str, Any]) -> str:
    return str(parameter.get("$ref", "")).rpartition("/")[2]


def _complete(response: dict[str, Any], named: Mapping[str, Any] | None = None) -> None:
    """`named` is what names the other media types, by default the response itself."""
    content = response.get("content", {})
    content.get("text/event-stream", {}).pop("schema", None)
    content.update({media: {} for media in (named or response).get("x-other-media-types", ())})
