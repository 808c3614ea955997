"""What goes over HTTP for partnerships: `partner`, `from` and `to` are columns of other names."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.centres.network.partnerships import record
from services.centres.network.partnerships.domain import KINDS, LIFECYCLE
from services.centres.network.partnerships.tables import partnership
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.records.references import CENTRES, INSTITUTIONS, reading_access
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Day
from shared.web.contract.schemas import RecordResponse

_PARTNERS = ("centre_id", "institution_id", "network_id")


class Partner(Body):
    """The partner: a centre, an institution or a network."""

    centre_id: Annotated[UUID | None, Refers("/centres/v1/centres"), "The centre that is the partner."] = None
    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "The institution that is the partner."
    ] = None
    network_id: Annotated[UUID | None, Refers("/centres/v1/networks"), "The network that the centre belongs to."] = None

    @model_validator(mode="after")
    def _names_one(self) -> "Partner":
        if sum(getattr(self, name) is not None for name in _PARTNERS) != 1:
            raise PydanticCustomError("invalid_value", "Give one of centre_id, institution_id and network_id.")
        return self


class PartnershipBody(Body, of=record.Partnership):
    """A partnership as it is written; its sides and its kind stay."""

    centre_id: Annotated[UUID, "The centre that proposes it."]
    partner: Annotated[
        Partner, Field(examples=[{"institution_id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"}]), "With whom."
    ]
    kind: Literal[KINDS]  # type: ignore[valid-type]
    agreement_id: UUID | None = None
    from_: Annotated[Day | None, Field(alias="from"), "The first day; the day of the acceptance if it names none."] = (
        None
    )
    to: Annotated[Day | None, "The last day; null without an end."] = None


class Partnership(RecordResponse, of=record.Partnership, lifecycle=LIFECYCLE):
    """A partnership as a caller sees it. A side that the caller may not know of has no name here."""

    centre_id: UUID | None
    partner: Annotated[Partner | None, "With whom; null if the caller may not know of the partner."]
    kind: Annotated[str, Field(examples=["partner_centre"], json_schema_extra={STATES: [*KINDS]})]
    from_: Annotated[date | None, Field(alias="from"), "The first day; null before the acceptance if it names none."]
    to: Annotated[date | None, "The last day; null without an end."]


def columns(body: PartnershipBody) -> dict[str, Any]:
    """The columns that a body gives; the partner has one for each kind."""
    partner = {f"partner_{name}": getattr(body.partner, name) for name in _PARTNERS}
    dates = {"starts": body.from_, "ends": body.to}
    return {"centre_id": body.centre_id, "kind": body.kind, "agreement_id": body.agreement_id, **partner, **dates}


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The body that the row represents, into which a patch is merged."""
    return {"centre_id": row["centre_id"], "kind": row["kind"], "agreement_id": row["agreement_id"], **_parts(row)}


def _parts(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[f"partner_{name}"] for name in _PARTNERS}
    return {
        "partner": {name: str(key) for name, key in named.items() if key is not None},
        "from": row["starts"] and row["starts"].isoformat(),
        "to": row["ends"] and row["ends"].isoformat(),
    }


_present = presenter(record.Partnership, partnership, derive=_parts)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The partnership in a response. A caller who may not take its transitions sees the sides that they may know of."""
    shown = _present(row, access)
    if access.may("end", row["country"], record.Partnership.scope_of(row)):
        return shown
    may_know = access.open_visibilities
    centres, institutions = (reading_access(access.principal, kind).read for kind in (CENTRES, INSTITUTIONS))
    if row["centre_visibility"] not in may_know and not centres.covers(row["country"], row["centre_id"]):
        shown["centre_id"] = None
    of_partner = institutions if row["partner_institution_id"] else centres
    partner = row["partner_institution_id"] or row["partner_centre_id"]
    if row["partner_visibility"] not in may_know and not of_partner.covers(row["partner_country"], partner):
        shown["partner"] = None
    return shown
