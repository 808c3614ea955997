"""What goes over HTTP of the audit trail."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.records.history import line
from shared.web.contract.fields import ResponseModel
from shared.web.contract.schemas import HistoryLine


class AuditLine(HistoryLine):
    """One change of any record. `position` is that of the change's fact in the feed of events; `hash` is the chain's
    there."""

    position: Annotated[int, Field(examples=[4711]), "The position of the change's fact in the feed of events."]
    hash: Annotated[
        str,
        Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
        "The hash of the chain at this entry, in hexadecimal digits.",
    ]
    resource: Annotated[str, Field(examples=["membership.experts"]), "The resource of the record."]
    subject: Annotated[UUID, "The id of the record."]


class AuditPage(ResponseModel):
    """Entries in the order of the chain. `next_after` is never null and moves past entries that the caller may not see:
    an empty page with another `next_after` means that more may follow, with the same one that there is nothing newer.
    """

    items: Annotated[list[AuditLine], "The entries, in the order of the chain."]
    next_after: Annotated[
        str,
        Field(examples=["q83vEjRWeJCrze8SWzQyXQ"]),
        "Where to continue: as `after` of the next request; never null.",
    ]


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in a response."""
    return {
        **line(row),
        "position": row["position"],
        "hash": row["hash"].hex(),
        "resource": row["resource"],
        "subject": str(row["subject"]),
    }
