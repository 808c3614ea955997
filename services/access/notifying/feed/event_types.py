"""The types of events, each with what happened, its schema and a recorded sample."""

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import orjson

from shared.contracts.registry import FACTS

SCHEMA = "/access/v1/openapi.json#/components/schemas/CloudEvent"
_RESERVED = "Reserved"


@cache
def event_types() -> tuple[Mapping[str, Any], ...]:
    """All that a record's changes announce, by name."""
    meanings, samples = _meanings(), _samples()
    return tuple(
        {
            "type": name,
            "description": meanings[name],
            "schema": SCHEMA,
            "sample": {**sample, "type": name} if (sample := samples.get(".".join(name.split(".")[1:3]))) else None,
        }
        for name in sorted(FACTS)
        if not meanings[name].startswith(_RESERVED)
    )


def described_in(document: dict[str, Any]) -> None:
    """Adds the types to an OpenAPI document, as `webhooks` that share one path item."""
    item = {
        "post": {
            "operationId": "receiveEvent",
            "summary": "Receive an event",
            "tags": ["webhooks"],
            "security": [],
            "description": "What a webhook sends. Any 2xx response is success; redirects are not followed.",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}}},
            },
            "responses": {"2XX": {"description": "The event was received."}},
        }
    }
    document["components"]["pathItems"] = {"Event": item}
    document["webhooks"] = {
        each["type"]: {"$ref": "#/components/pathItems/Event", "summary": each["description"]} for each in event_types()
    }


@cache
def _meanings() -> Mapping[str, str]:
    """What each type means: the docstring of its constant."""
    found: dict[str, str] = {}
    for source in files("shared.contracts").iterdir():
        if source.name.endswith(".py"):
            found.update(_described(ast.parse(source.read_text("utf-8")).body))
    return found


def _described(body: list[ast.stmt]) -> Iterable[tuple[str, str]]:
    for named, said in pairwise(body):
        match named, said:
            case (
                ast.Assign(value=ast.Constant(value=str() as name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ) if name in FACTS:
                yield name, " ".join(text.split())


@cache
def _samples() -> Mapping[str, Any]:
    """One event of each kind of record, as a system announced it."""
    found: Mapping[str, Any] = orjson.loads(files(__package__).joinpath("data/samples.json").read_bytes())
    return found
