"""What goes over HTTP for committees."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from services.centres.committees.committees import record
from services.centres.committees.committees.domain import LIFECYCLE
from services.centres.committees.committees.tables import committee
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, CountryCode, Visible, each_once
from shared.web.contract.schemas import RecordBody, RecordResponse


class CommitteeRotation(Body):
    """How the seats of a committee rotate."""

    years: Annotated[int, Field(ge=1, le=20, strict=True, examples=[4]), "How long a term is, in years."]
    terms: Annotated[
        int, Field(ge=1, le=10, strict=True, examples=[2]), "The terms in an office that need no further reason."
    ]


class CommitteeBody(RecordBody, of=record.Committee):
    """A committee as it is written. `decision` is the minuted decision that forms it."""

    country: CountryCode
    partner_institution_ids: Annotated[list[UUID], Field(max_length=200), AfterValidator(each_once)] = []
    quorum: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    rotation: CommitteeRotation | None = None
    visibility: Visible = "network"


class CommitteeFields(Body):
    """The fields of `form`."""

    decision_id: Annotated[
        UUID | None,
        Refers("/centres/v1/decisions"),
        "For `form`: the adopted decision that stands for the document `decision`.",
    ] = None


class Committee(RecordResponse, of=record.Committee, lifecycle=LIFECYCLE):
    """A committee as a caller sees it. The documents are for grants that cover it."""

    rotation: CommitteeRotation | None


def _partners(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"partner_institution_ids": [str(key) for key in row["partner_institution_ids"]]}


present = presenter(record.Committee, committee, derive=_partners)
