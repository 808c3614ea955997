"""What goes over HTTP for retention rules."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.membership.protection.retention_rules import record
from services.membership.protection.retention_rules.domain import DELETE, DURATION, ERASE, LIFECYCLE, RETAINED, STATES
from services.membership.protection.retention_rules.tables import retention_rule
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Prose, ResponseModel
from shared.web.contract.schemas import Links, RecordResponse


class RetentionRuleBody(Body, of=record.RetentionRule):
    """The body of a retention rule."""

    resource: Literal[tuple(RETAINED)]  # type: ignore[valid-type]
    state: Literal[STATES] | None = None  # type: ignore[valid-type]
    after: Annotated[str, StringConstraints(pattern=DURATION), Field(examples=["P2Y"])]
    action: Literal[ERASE, DELETE]  # type: ignore[valid-type]
    basis: Annotated[Prose, Field(min_length=1, max_length=2_000)]


class RetentionRuleFields(Body):
    """What the transitions of a retention rule take."""

    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `activate`: the only account that may confirm."
    ] = None


class RetentionRule(RecordResponse, of=record.RetentionRule, lifecycle=LIFECYCLE):
    """A retention rule; its country is always null."""


class DueRecord(ResponseModel):
    """A record that a rule takes."""

    id: Annotated[UUID, "The record's id."]
    ref: Annotated[str, Field(examples=["EXP-000123"]), "The record's ref."]
    since: Annotated[datetime, "When the record entered its state."]
    links: Annotated[Links, "Addresses of the record."]


class RetentionPreview(ResponseModel):
    """What a rule takes at this moment, in pages."""

    count: Annotated[int, Field(examples=[12]), "How many records the rule takes."]
    before: Annotated[datetime, "The rule takes records that entered their state before this instant."]
    items: Annotated[list[DueRecord], "The records of the page, by id."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page; null on the last one."]


present = presenter(record.RetentionRule, retention_rule)
