"""What goes over HTTP for actions."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.classification.schemes.schemas import Tag
from services.actions.plan.actions import domain, record
from services.actions.plan.actions.tables import action
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, Document, Line, PartialDate
from shared.web.contract.schemas import RecordBody, RecordResponse

_MOST = 10**15
Figure = Annotated[int, Field(strict=True)] | Annotated[float, Field(allow_inf_nan=False)]
Sum = Annotated[int, Field(strict=True, ge=0, le=_MOST)] | Annotated[float, Field(allow_inf_nan=False, ge=0, le=_MOST)]


class Participant(Body):
    """An institution that takes part, with its role by the IATI codelist OrganisationRole: 1 funding, 2 accountable,
    3 extending, 4 implementing."""

    institution_id: Annotated[UUID, Refers("/membership/v1/institutions"), "The institution."]
    role: Annotated[
        int,
        Field(ge=1, le=4, strict=True),
        Field(examples=[4]),
        "By OrganisationRole of IATI: 1 funding, 2 accountable, 3 extending, 4 implementing.",
    ]


class Budget(Body):
    """Money in a currency of ISO 4217."""

    amount: Annotated[Sum, Field(examples=[250000]), "The amount in whole units of the currency."]
    currency: Annotated[
        str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"]), "The currency of ISO 4217."
    ]


class Baseline(Body):
    """The figure that the action's progress is measured from: what, how much, in which unit, as of when."""

    measure: Annotated[Line | None, Field(examples=["Restored land"]), "What is measured."] = None
    value: Annotated[Figure, Field(examples=[120]), "The figure."]
    unit: Annotated[Line, Field(examples=["ha"]), "The unit of the figure."]
    date: Annotated[PartialDate, "As of when, as year, month or day."]
    source: Annotated[Document | None, "Where the figure is from."] = None


class ActionLocation(Body):
    """Where the action takes place: a name or a subdivision of the country, and a point in WGS 84 or none."""

    name: Annotated[Line | None, Field(examples=["Upper Alpha catchment"]), "The place."] = None
    subdivision: Annotated[Line | None, Field(examples=["Northern Province"]), "The province or state."] = None
    lat: Annotated[
        Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None,
        Field(examples=[33.7]),
        "Degrees of latitude, north is positive.",
    ] = None
    lon: Annotated[
        Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None,
        Field(examples=[73.1]),
        "Degrees of longitude, east is positive.",
    ] = None

    @model_validator(mode="after")
    def _is_a_place(self) -> "ActionLocation":
        if self.name is None and self.subdivision is None:
            raise PydanticCustomError("name_or_subdivision", "A location has a name or a subdivision.")
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("lat_and_lon", "Give lat and lon, or neither.")
        return self


class ActionBody(RecordBody, of=record.Action):
    """An action as it is written; its programme stays. A plan is complete when, in each of the three pillars, an action
    has a baseline."""

    pillar: Literal[domain.PILLARS]  # type: ignore[valid-type]
    kind: Literal[domain.KINDS] = "action"  # type: ignore[valid-type]
    planned_start: Day | None = None
    planned_end: Day | None = None
    participants: Annotated[list[Participant], Field(max_length=200)] = []
    locations: Annotated[list[ActionLocation], Field(max_length=50)] = []
    tags: Annotated[list[Tag], Field(max_length=100)] = []
    budget: Budget | None = None
    baseline: Baseline | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "ActionBody":
        if self.planned_start and self.planned_end and self.planned_end < self.planned_start:
            raise PydanticCustomError("invalid_date", "An action ends after it starts.")
        return self


class ActionCreate(ActionBody, is_creation=True):
    """A new action of a programme."""


class Action(RecordResponse, of=record.Action, lifecycle=domain.LIFECYCLE):
    """An action as a caller sees it; `iati_status` is its code in the IATI codelist ActivityStatus."""

    participants: list[Participant]
    locations: list[ActionLocation]
    tags: list[Tag]
    budget: Budget | None = None
    baseline: Baseline | None
    iati_status: Annotated[int, Field(examples=[2]), "The state as a code of ActivityStatus of IATI."]


def _iati(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"iati_status": domain.IATI_STATUS[row["status"]]}


present = presenter(record.Action, action, derive=_iati)
