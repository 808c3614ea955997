"""What goes over HTTP for the feed."""

from typing import Annotated, Any

from pydantic import Field

from shared.contracts.envelope import CloudEvent
from shared.web.contract.fields import ResponseModel

DEFAULT_LIMIT = 200
LARGEST_LIMIT = 1000
LONGEST_WAIT = 25
LONGEST_RECORD = 40
AT = "An instant (RFC 3339), after which all events are wanted; default: now."


class EventPage(ResponseModel):
    """A part of the feed, oldest first. `next_after` is the `after` of the next request. No items and the same
    `next_after` mean that there is nothing newer; no items and another one mean that the filter left out all events."""

    items: Annotated[list[CloudEvent], "The events, the oldest first."]
    next_after: Annotated[str, "Where to continue: as `after` of the next request."] = Field(
        examples=["q83vEjRWeJCrze8SWzQyXQ"]
    )


class EventPosition(ResponseModel):
    """A position of the feed."""

    after: Annotated[str, "The position, as `after` of a request for events."] = Field(
        examples=["q83vEjRWeJCrze8SWzQyXQ"]
    )


class EventType(ResponseModel):
    """What may happen to a kind of record."""

    type: Annotated[str, "The type of the event."] = Field(examples=["escm.centres.centre.designated.v1"])
    description: Annotated[str, "What happened."] = Field(examples=["A centre was designated."])
    schema_: Annotated[str, "The schema of the event, in the OpenAPI document."] = Field(
        alias="schema", examples=["/access/v1/openapi.json#/components/schemas/CloudEvent"]
    )
    sample: Annotated[CloudEvent | None, "A recorded event; null where none was recorded of this kind of record."]


class EventTypePage(ResponseModel):
    """All types of events."""

    items: Annotated[list[EventType], "The types, by name."]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


PARAMETERS = [
    _parameter("after", "The `next_after` of the previous page; default: the oldest stored event.", {"type": "string"}),
    _parameter(
        "type",
        "Types of events, separated by commas; `*` at the end matches any ending.",
        {"type": "string", "examples": ["escm.membership.*"]},
    ),
    _parameter(
        "record",
        "Records by id or ref, separated by commas, at most 100.",
        {"type": "string", "examples": ["CTR-000045"]},
    ),
    _parameter(
        "wait",
        "Seconds to wait for something newer where there is nothing.",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
    ),
    _parameter(
        "limit",
        "Events of a page.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    ),
]
