"""What goes over HTTP for notifications."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.access.notifying.notifications.domain import KINDS
from services.access.notifying.notifications.tables import notification
from shared.records.columns import renderer
from shared.web.contract.contract import STATES
from shared.web.contract.fields import ResponseModel


class NotifiedRecord(ResponseModel):
    """The record that a notification is about."""

    resource: Annotated[str, Field(examples=["membership.experts"]), "The record's kind."]
    id: Annotated[UUID, "The record's id."]
    ref: Annotated[str, Field(examples=["EXP-000123"]), "The record's short name for people."]


class Notification(ResponseModel):
    """Something happened to a record of the caller's. It holds nothing of the record's content."""

    id: Annotated[UUID, "The notification's id."]
    kind: Annotated[
        str,
        Field(examples=["expert_application"], json_schema_extra={STATES: list(KINDS)}),
        "The kind, for which people choose mail, digest or none in their account.",
    ]
    event: Annotated[
        str, Field(examples=["expert.activated"]), "What happened: the entity, and the state that the record entered."
    ]
    record: Annotated[NotifiedRecord, "The record that it is about."]
    link: Annotated[
        str, Field(examples=["/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "Its address."
    ]
    at: Annotated[datetime, "When it happened."]
    read_at: Annotated[datetime | None, "When the caller first marked it as read."]


class NotificationPage(ResponseModel):
    """A page of the caller's notifications, the newest first."""

    items: Annotated[list[Notification], "The notifications, the newest first."]
    unread: Annotated[int, Field(examples=[2]), "How many the caller has not read, on all pages."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page; null on the last one."]


_render = renderer({name: notification.c[name] for name in ("id", "kind", "event", "link", "at", "read_at")})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The notification in a response."""
    record = {"resource": row["resource"], "id": str(row["record_id"]), "ref": row["ref"]}
    return {**_render(row), "record": record}
