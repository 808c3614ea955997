"""What goes over HTTP for the record of processing."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.records.record import Refers
from shared.web.contract.fields import LocalizedTexts, ResponseModel


class ConsentPurpose(ResponseModel):
    """A purpose to which people agree or sign, with the latest text."""

    purpose: Annotated[str, Field(examples=["listing"]), "The purpose."]
    notice_version: Annotated[str, Field(examples=["2026"]), "The version of the text."]
    texts: Annotated[LocalizedTexts, "The text, by language."]


class RuleInForce(ResponseModel):
    """A retention rule that is active."""

    id: Annotated[UUID, Refers("/membership/v1/retention_rules"), "The rule's id."]
    ref: Annotated[str, Field(examples=["RET-000001"]), "The rule's ref."]
    resource: Annotated[str, Field(examples=["experts"]), "The kind of record."]
    state: Annotated[str | None, Field(examples=["rejected"]), "The state; null for every state."]
    after: Annotated[str, Field(examples=["P2Y"]), "How long a record stays in the state."]
    action: Annotated[str, Field(examples=["erase"]), "What follows."]
    basis: Annotated[str, Field(examples=["A complaint may follow within two years."]), "Why."]


class DataCategories(ResponseModel):
    """The columns with personal data."""

    exported: Annotated[
        dict[str, str | None],
        Field(examples=[{"names": "public"}]),
        "The columns in the export about a person, each with its audience where it is a field of a record: `public`,"
        " `network`, `granted` or `internal`.",
    ]
    left_out: Annotated[
        dict[str, list[str]],
        Field(examples=[{"made of what is exported": ["sort_name"]}]),
        "The other columns, by the reason why the export omits them.",
    ]


class Recipients(ResponseModel):
    """Who reads it."""

    roles: Annotated[list[str], Field(examples=[["auditor", "secretariat_admin"]]), "The roles that read the records."]
    clients: Annotated[
        list[UUID], Refers("/access/v1/clients"), "The clients of partners whose grants include the records."
    ]
    others: Annotated[str, Field(examples=["The person"]), "Who reads it without a role; empty for nobody."]


class TimeLimits(ResponseModel):
    """How long it is stored."""

    usual: Annotated[str, Field(examples=["365 days"]), "How long it is stored without a rule."]
    rules: Annotated[list[str], Field(examples=[["RET-000001"]]), "The refs of the retention rules about it."]
    after_erasure: Annotated[
        list[str], Field(examples=[["id", "country"]]), "The columns that stay after an erasure; empty where none do."
    ]


class ProcessingActivity(ResponseModel):
    """What is stored about people in one table, and why."""

    table: Annotated[str, Field(examples=["member_expert"]), "The table."]
    service: Annotated[str, Field(examples=["membership"]), "The service; `core` for what services share."]
    resource: Annotated[str | None, Field(examples=["experts"]), "The kind of record; null for other rows."]
    persons: Annotated[str, Field(examples=["Experts"]), "The categories of persons."]
    purpose: Annotated[str, Field(examples=["Keep the register of experts"]), "What it is for."]
    data: Annotated[DataCategories, "The categories of data."]
    recipients: Annotated[Recipients, "Who reads it."]
    time_limits: Annotated[TimeLimits, "How long it is stored."]


class ProcessingRecord(ResponseModel):
    """The record of processing activities, as it is at this moment."""

    activities: Annotated[list[ProcessingActivity], "What is stored about people, by table."]
    purposes: Annotated[list[ConsentPurpose], "What people agree to or sign, with the latest texts."]
    retention_rules: Annotated[list[RuleInForce], "The retention rules that are active."]
    transfers: Annotated[list[str], Field(examples=[["Mails go through a server."]]), "Where data goes."]
    security_measures: Annotated[list[str], Field(examples=[["Rights follow from roles."]]), "How it is protected."]
