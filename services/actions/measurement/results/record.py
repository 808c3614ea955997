"""A result of an indicator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from services.actions.measurement.subjects.record import Subject
from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Granted, Internal, Part, Public, Refers, Texts, Tracked, Written


class ResultPart(TypedDict):
    """A part of the whole: codes by the keys of its dimensions, and a number or a fraction in decimal texts."""

    dimensions: Mapping[str, str]
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Subject):
    """What was measured for a country, an action or a centre: one number, fraction, code or text, or why there is none.
    A grant over one record names the result or its centre. `claimants`: the accounts and clients that wrote it.
    `accepted_at`: when it, or the first result that it revises, was accepted."""

    resource_type = Resource("actions", "results", "result")
    also_scoped_by = ("centre_id",)

    visibility: Annotated[str, Public, Written, "Who may know of the result once it is published."]
    kind: Annotated[
        str, Public, Written, Example("actual"), "Whether it is about a period, or is what others are compared with."
    ]
    period_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/periods"), "The period; null for a baseline."
    ]
    year: Annotated[int | None, Public, Written, Example(None), "The year of a baseline; else null."]
    method: Annotated[str, Public, Written, Example("measured"), "How the value was obtained."]
    value: Annotated[Decimal | None, Public, Written, "The number."]
    numerator: Annotated[Decimal | None, Public, Written, "The number above the line, if it is a fraction."]
    denominator: Annotated[Decimal | None, Public, Written, "The number below the line, if it is a fraction."]
    code: Annotated[str | None, Public, Written, Example(None), "The code of the scale."]
    text: Annotated[Texts | None, Public, Written, "The text, by language."]
    missing: Annotated[str | None, Public, Written, Example(None), "Why there is no value."]
    breakdown: Annotated[Sequence[ResultPart], Public, Written, Part, "Parts of the whole."]
    source: Annotated[str | None, Public, Written, Example("National soil survey"), "Where the value is from."]
    method_note: Annotated[str | None, Public, Written, "What is to be known about the method."]
    comment: Annotated[str | None, Public, Written, "What is to be known about the value."]
    evidence: Annotated[
        Sequence[Document], Granted, Written, "Documents that prove it; for grants that cover the result."
    ]
    revision: Annotated[int, Public, Example(1), "1, and one more with each revision."]
    revision_of: Annotated[UUID | None, Public, Refers("/actions/v1/results"), "The result that it revises."]
    superseded_by: Annotated[
        UUID | None, Public, Tracked, Refers("/actions/v1/results"), "The published revision that replaced it."
    ]
    late: Annotated[
        bool | None, Public, Tracked, "Whether it was first submitted after its last day; null before, and without one."
    ]
    acknowledged: Annotated[list[str], Public, Tracked, Part, "The warnings that its approval acknowledged."]
    submitted_at: Annotated[datetime | None, Internal]
    accepted_at: Annotated[datetime | None, Internal]
    published_at: Annotated[datetime | None, Public, Tracked, "When it was published."]
    ended_at: Annotated[datetime | None, Public, Tracked, "When a revision or a retraction ended it."]
    claimants: Annotated[list[UUID], Internal]
