"""What goes over HTTP for calls."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.membership.register.experts.schemas import Category
from services.membership.selection.calls import record
from services.membership.selection.calls.domain import (
    CURRICULUM,
    KINDS,
    LIFECYCLE,
    MOST_CRITERIA,
    MOST_IN_PANEL,
    MOST_SEATS,
    NOMINATOR_KINDS,
)
from services.membership.selection.calls.tables import call
from shared.kernel.countries import in_region
from shared.records.panels import MEMBER, OFFICES
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.expertise import ListOfFields
from shared.web.contract.fields import (
    Body,
    CountryCode,
    JsonDocument,
    OneLine,
    Titles,
)
from shared.web.contract.schemas import RecordBody, RecordResponse


def _region(code: str) -> str:
    if not in_region(code):
        raise PydanticCustomError("not_one_of", "Not a region of UN M49.")
    return code


Keyword: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["institution"])
]
"""A word of a call: a kind of document, or the key of a criterion."""
NominatorKind: TypeAlias = Literal[NOMINATOR_KINDS]  # type: ignore[valid-type]
Region: TypeAlias = Annotated[str, StringConstraints(max_length=40), AfterValidator(_region), Field(examples=["150"])]
Group: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=40), OneLine]
"""The name of a group or of a criterion, as a key of an object."""
Shares: TypeAlias = Annotated[dict[Group, Annotated[float, Field(ge=0, le=1)]], Field(max_length=50)]


class Eligibility(Body):
    """Who may be nominated. An empty list permits everybody."""

    countries: Annotated[list[CountryCode], Field(max_length=260), "Countries of the nominees."] = []
    regions: Annotated[list[Region], Field(max_length=40), "UN M49 regions of the nominees."] = []
    categories: Annotated[list[Category], Field(max_length=10), "Categories of the nominees."] = []
    fields: Annotated[ListOfFields, "Fields of science of the nominees; a major field includes its minor ones."] = []
    documents: Annotated[
        list[Keyword],
        Field(max_length=10, examples=[[CURRICULUM]]),
        "Kinds of documents that a nomination needs in addition to a curriculum vitae.",
    ] = []


class Criterion(Body):
    """What the panel scores."""

    key: Annotated[Keyword, Field(examples=["merit"]), "The name of the criterion in scores."]
    titles: Annotated[Titles, "The titles of the criterion, by language."]
    weight: Annotated[
        float, Field(gt=0, le=100, examples=[1]), "How much it counts in the mean, compared with the others."
    ] = 1


class Targets(Body):
    """The smallest share of the selection that a group should have, from 0 to 1."""

    gender: Annotated[Shares, Field(examples=[{"female": 0.4}]), "By gender."] = {}
    region: Annotated[Shares, Field(examples=[{"Africa": 0.2}]), "By region."] = {}
    field: Annotated[Shares, Field(examples=[{"1": 0.3}]), "By major field of science."] = {}


class PanelMember(Body):
    """An expert who scores nominations."""

    expert_id: Annotated[UUID, Refers("/membership/v1/experts"), "The expert."]
    office: Annotated[Literal[OFFICES], "A chair also selects."] = MEMBER  # type: ignore[valid-type]


class CallBody(RecordBody, of=record.Call):
    """The body of a call. Code and country stay."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$"), Field(examples=["FELLOWS-2027"])]
    kind: Literal[KINDS]  # type: ignore[valid-type]
    nominator_kinds: Annotated[list[NominatorKind], Field(max_length=len(NOMINATOR_KINDS))] = []
    eligibility: Eligibility = Eligibility()
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=MOST_CRITERIA)]
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS, examples=[3])]
    targets: Targets = Targets()
    panel: Annotated[list[PanelMember], Field(max_length=MOST_IN_PANEL)] = []


class CallFields(Body):
    """The fields of transitions: the deadlines of `extend`, the document of `decide`."""

    nominee_deadline: Annotated[AwareDatetime | None, "For `extend`: the later deadline of nominees."] = None
    nominator_deadline: Annotated[AwareDatetime | None, "For `extend`: the later deadline of nominators."] = None
    document: Annotated[JsonDocument | None, "For `decide`: the document of the decision."] = None


class Deadlines(Body):
    """Deadlines of a call."""

    nominee: Annotated[datetime, "Until when nominees submit."]
    nominator: Annotated[datetime, "Until when nominators confirm."]


class Call(RecordResponse, of=record.Call, lifecycle=LIFECYCLE):
    """A call as a caller sees it; panel and decision are for grants that cover it."""

    kind: Annotated[str, Field(examples=["membership"], json_schema_extra={STATES: [*KINDS]})]
    first_deadlines: Deadlines | None
    eligibility: Eligibility
    criteria: list[Criterion]
    targets: Targets
    panel: list[PanelMember] | None = None


present = presenter(record.Call, call)
