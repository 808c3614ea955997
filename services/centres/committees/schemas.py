"""What goes over HTTP for committees."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from services.centres.committees import record
from services.centres.committees.domain import LIFECYCLE
from services.centres.committees.tables import committee
from shared.records.plain import presenter
from shared.web.fields import Body, CountryCode, Document, LocalizedTexts, Titles, Visible
from shared.web.schemas import RecordResponse


def _each_once(keys: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(keys))


class CommitteeBody(Body, of=record.Committee):
    """A committee as it is written. `decision` is the minuted decision that forms it."""

    country: CountryCode
    names: Titles
    host_institution_id: UUID | None = None
    partner_institution_ids: Annotated[list[UUID], Field(max_length=200), AfterValidator(_each_once)] = []
    decision: Document | None = None
    bylaws: Document | None = None
    visibility: Visible = "network"


class Committee(RecordResponse, of=record.Committee, lifecycle=LIFECYCLE):
    """A committee as a caller sees it. The documents are for grants that cover it."""

    names: LocalizedTexts
    host_institution_id: UUID | None
    partner_institution_ids: list[UUID]
    decision: Document | None = None
    bylaws: Document | None = None
    formed_on: date | None
    recognised_on: date | None
    ended_on: date | None


def _partners(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"partner_institution_ids": [str(key) for key in row["partner_institution_ids"]]}


present = presenter(record.Committee, committee, derive=_partners)
