"""An assessment of a programme, an action, a milestone or a centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Day,
    Default,
    Document,
    Example,
    Granted,
    Internal,
    Part,
    Public,
    Record,
    Refers,
    Texts,
    Tracked,
    Visible,
    Written,
)


class Assessor(TypedDict):
    """An expert of the register, or somebody by name, with the organisation that sends the person."""

    expert_id: str | None
    name: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Record):
    """What an assessor found, with the country of its subject. A grant over one record names the subject. `expert_id`
    is the assessor's, where the assessor is an expert."""

    resource_type = Resource("actions", "assessments", "assessment")
    scope_column = "subject_id"

    visibility: Annotated[
        str, Public, Written, Visible, Default("network"), "Who may know of the assessment once it is published."
    ]
    subject_kind: Annotated[str, Public, Part]
    subject_id: Annotated[UUID, Public, Part]
    period_id: Annotated[UUID, Public, Written, Refers("/actions/v1/periods"), "The period that is assessed."]
    completion: Annotated[str, Public, Written, "How much of what was planned has been completed."]
    assessor: Annotated[Assessor, Public, Written, "Who assesses."]
    expert_id: Annotated[UUID | None, Internal]
    text: Annotated[Texts, Public, Written, "What the assessor found, by language."]
    date: Annotated[Day, Public, Written, "The day of the assessment."]
    independent: Annotated[
        bool, Public, Written, Default(True), Example(True), "Whether the assessor is independent of the subject."
    ]
    conflict_of_interest: Annotated[
        bool, Public, Written, Default(False), Example(False), "Whether the assessor declares a conflict of interest."
    ]
    evidence: Annotated[
        Sequence[Document], Granted, Written, "Documents that prove it; for grants that cover the subject."
    ]
    reply_due: Annotated[
        Day | None, Public, Tracked, "The last day on which publication waits for a reply; null before `submit`."
    ]
    reply: Annotated[Texts | None, Public, Tracked, "What the government replies, by language."]
    replied_on: Annotated[Day | None, Public, Tracked, "The day of the reply."]
    published_on: Annotated[Day | None, Public, Tracked, "The day of the publication."]
