"""The affiliations of an expert in requests and responses."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.records.record import Refers
from shared.web.contract.fields import Body, Line, PartialDate, ResponseModel
from shared.web.contract.schemas import Links


class AffiliationCreate(Body):
    """Where an expert works or worked: an institution of the register, or its name as given."""

    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "The institution of the register."
    ] = None
    raw: Annotated[Line | None, "The institution as text, which is matched with the register later."] = None
    role: Annotated[Line | None, Field(examples=["Professor"]), "What the expert does there."] = None
    unit: Annotated[Line | None, Field(examples=["Department of Soils"]), "The unit of the institution."] = None
    from_: Annotated[PartialDate | None, Field(alias="from"), "The first day, as year, month or day."] = None
    to: Annotated[PartialDate | None, "The last day, as year, month or day."] = None
    primary: Annotated[bool, "Whether this is the expert's main affiliation."] = False

    @model_validator(mode="after")
    def _names_something(self) -> "AffiliationCreate":
        if (self.institution_id is None) == (self.raw is None):
            raise PydanticCustomError("institution_or_raw", "Give either institution_id or raw.")
        return self


class CandidateInstitution(ResponseModel):
    """An institution that a text may mean."""

    id: Annotated[UUID, Refers("/membership/v1/institutions"), "The institution's id."]
    ref: Annotated[str, Field(examples=["INS-000123"]), "The institution's ref."]
    name: Annotated[str, Field(examples=["Green Plains University"]), "The name that it is shown under."]
    country: Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
    ror: Annotated[str | None, Field(examples=["https://ror.org/02mhbdp94"]), "The ROR id."]


class MatchCandidate(ResponseModel):
    """An institution that a text may mean, and how sure that is."""

    institution: Annotated[CandidateInstitution, "The institution."]
    score: Annotated[float, Field(ge=0, le=1, examples=[0.82]), "How sure the match is, from 0 to 1."]
    method: Annotated[str, Field(examples=["trigram"]), "How it was found."]


class AffiliationMatch(ResponseModel):
    """The institution that a text was matched to. `method`, `score` (0 to 1), `decided_by` (`system` or `person`) and
    `decided_at` are null as long as nothing is decided."""

    status: Annotated[Literal["waiting", "open", "unknown", "linked", "none"], "The state of the match."]
    method: Annotated[str | None, Field(examples=["exact"]), "How it was found; null while it is not decided."]
    score: Annotated[
        Annotated[float, Field(ge=0, le=1)] | None,
        Field(examples=[0.97]),
        "How sure it is, from 0 to 1; null while it is not decided.",
    ]
    decided_by: Annotated[str | None, Field(examples=["system"]), "`system` or `person`; null while it is not decided."]
    decided_at: Annotated[datetime | None, "When it was decided; null while it is not."]
    candidates: Annotated[
        list[MatchCandidate] | None, "Institutions that the text may mean; only in the list of affiliations."
    ] = None


class Affiliation(ResponseModel):
    """Where an expert works or worked. `match` is null where the institution was named by its id."""

    id: Annotated[UUID, "The affiliation's id."]
    version: Annotated[int, Field(examples=[1]), "Grows by one with each change; `ETag` starts with it."]
    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "The institution; null while the text is not matched."
    ]
    raw: Annotated[
        str | None,
        Field(examples=["Green Plains University"]),
        "The institution as it was written; null where it was named by its id.",
    ]
    role: Annotated[str | None, Field(examples=["Professor"]), "What the expert does there."]
    unit: Annotated[str | None, Field(examples=["Department of Soils"]), "The unit of the institution."]
    from_: Annotated[
        str | None, Field(alias="from"), Field(examples=["2019-09"]), "The first day, as year, month or day."
    ]
    to: Annotated[str | None, Field(examples=[None]), "The last day, as year, month or day; null while it lasts."]
    primary: Annotated[bool, "Whether this is the expert's main affiliation."]
    asserted_by: Annotated[
        str, Field(examples=["self"]), "self, orcid, institution, secretariat, government or import."
    ]
    match: Annotated[
        AffiliationMatch | None, "What the text was matched with; null where the institution was named by its id."
    ]
    created_at: Annotated[datetime | None, "When the affiliation was created."] = None
    updated_at: Annotated[datetime | None, "When the affiliation was last changed."] = None
    links: Annotated[Links | None, "Addresses of the affiliation."] = None
