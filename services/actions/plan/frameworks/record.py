"""Frameworks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Public, Record, Texts, Written


class Core(TypedDict):
    """What every country has once."""

    titles: Texts


class Pillar(TypedDict):
    """One of the three proactive actions."""

    key: str
    titles: Texts
    descriptions: Texts
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(Record):
    """What programmes are planned by. It belongs to no country."""

    resource_type = Resource("actions", "frameworks", "framework")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    code: Annotated[str, Public, Written, Example("3+1/2026"), "The framework's code, which never changes."]
    core: Annotated[Core, Public, Written, "What every country has once."]
    pillars: Annotated[Sequence[Pillar], Public, Written, "The three proactive actions."]
    valid_from: Annotated[date, Public, Written, "The first day on which programmes may start under it."]
    valid_to: Annotated[
        date | None, Public, Written, "The last day on which programmes may start under it; null without an end."
    ]
    search_key: Annotated[str, Internal]
