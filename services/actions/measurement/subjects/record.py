"""Whom targets and results are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.records.record import Public, Record, Refers, Written


class Part(TypedDict):
    """A part of the whole: codes by the keys of its dimensions."""

    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Record):
    """A record about a country, or about one of its actions or centres."""

    country: Annotated[str, Public, Written, "The country that it is about, or that its action or centre belongs to."]
    visibility: Annotated[str, Public]
    indicator_id: Annotated[UUID, Public, Written, Refers("/actions/v1/indicators"), "The indicator."]
    action_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/actions"), "The action that it is about, if any."
    ]
    centre_id: Annotated[
        UUID | None, Public, Written, Refers("/centres/v1/centres"), "The centre that it is about, if any."
    ]
