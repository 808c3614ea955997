"""Frameworks."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Document, Internal, Parts, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(Record):
    """What programmes are planned by. It belongs to no country."""

    resource_type = Resource("actions", "frameworks", "framework")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    code: Annotated[str, Public, Written, "The framework's code, which never changes."]
    core: Annotated[Document, Public, Written, "What every country has once."]
    pillars: Annotated[Parts, Public, Written, "The three proactive actions."]
    valid_from: Annotated[date, Public, Written, "The first day on which programmes may start under it."]
    valid_to: Annotated[
        date | None, Public, Written, "The last day on which programmes may start under it; null without an end."
    ]
    search_key: Annotated[str, Internal]
