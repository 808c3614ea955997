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
    code: Annotated[str, Public, Written]
    core: Annotated[Document, Public, Written]
    pillars: Annotated[Parts, Public, Written]
    valid_from: Annotated[date, Public, Written]
    valid_to: Annotated[date | None, Public, Written]
    search_key: Annotated[str, Internal]
