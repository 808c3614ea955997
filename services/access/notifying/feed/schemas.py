"""What goes over HTTP for the feed."""

from typing import Annotated, Any

from pydantic import Field

from shared.contracts.envelope import CloudEvent
from shared.web.contract.fields import ResponseModel

DEFAULT_LIMIT = 200
LARGEST_LIMIT = 1000


class EventPage(ResponseModel):
    """A part of the feed, oldest first. `next_after` is the `after` of the next request. No items and the same
    `next_after` mean that there is nothing newer; no items and another one mean that the filter left out all events."""

    items: Annotated[list[CloudEvent], "The events, the oldest first."]
    next_after: Annotated[str, "Where to continue: as `after` of the next request."] = Field(
        examples=["q83vEjRWeJCrze8SWzQyXQ"]
    )


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
        "limit",
        "Events of a page.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    ),
]
