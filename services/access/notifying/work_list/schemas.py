"""What goes over HTTP for the work list."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.access.access import SERVICES
from shared.kernel.lights import LIGHTS
from shared.web.contract.fields import ResponseModel
from shared.web.records import work_list


class WorkItem(ResponseModel):
    """A record that waits for a transition of the caller."""

    service: Annotated[str, Field(examples=["membership"]), "The service that has the record."]
    resource: Annotated[str, Field(examples=["experts"]), "The kind of the record, as in its address."]
    id: Annotated[UUID, "The record's id."]
    ref: Annotated[str, Field(examples=["EXP-000123"]), "The record's ref."]
    country: Annotated[str | None, Field(examples=["XA"]), "The record's country."]
    link: Annotated[
        str,
        Field(examples=["/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]),
        "The record's address.",
    ]
    verb: Annotated[
        str,
        Field(examples=["start_review"]),
        "The transition that the record waits for; `confirm` or `withdraw` for one that waits for a second person.",
    ]
    due: Annotated[datetime | None, "When it should be done; null if there is no date."]
    light: Annotated[
        Literal[LIGHTS] | None,  # type: ignore[valid-type]
        "`green` until seven days before the due time, then `yellow`, then `red`; null without one.",
    ]


class WorkItemPage(ResponseModel):
    """A page of the work list, the earliest due first."""

    items: Annotated[list[WorkItem], "The items, the earliest due first and those without a date last."]
    total: Annotated[int, Field(examples=[3]), "The number of items of all pages."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page; null on the last."]


PARAMETERS = [
    work_list.parameter("service", "A service.", type="string", enum=list(SERVICES)),
    *work_list.PARAMETERS,
]
