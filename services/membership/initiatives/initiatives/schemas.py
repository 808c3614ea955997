"""What goes over HTTP for initiatives."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from services.membership.initiatives.initiatives import record
from services.membership.initiatives.initiatives.domain import LIFECYCLE, SIGNERS
from services.membership.initiatives.initiatives.tables import initiative
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Line, PartialDate
from shared.web.contract.schemas import RecordBody, RecordResponse

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,40}$"), Field(examples=["HAIKOU-2022"])]
_Number: TypeAlias = Annotated[int | None, Field(ge=0, le=2_000_000_000)]


class SupportFigures(Body):
    """How many supported the initiative according to a source."""

    supporters: Annotated[_Number, Field(examples=[2400]), "How many people and institutions."] = None
    organisations: Annotated[_Number, Field(examples=[1302]), "In how many organisations."] = None
    countries: Annotated[_Number, Field(examples=[154]), "In how many countries."] = None
    as_of: Annotated[PartialDate, "When the figures were true."]
    source: Annotated[Line, Field(examples=["The secretariat's report of 2024"]), "Who published them, and where."]


class InitiativeBody(RecordBody, of=record.Initiative):
    """The body of an initiative."""

    code: Code
    signers: Annotated[list[Literal[SIGNERS]], Field(min_length=1, max_length=2)] = [*SIGNERS]  # type: ignore[valid-type]
    published_figures: Annotated[list[SupportFigures], Field(max_length=20)] = []


class Initiative(RecordResponse, of=record.Initiative, lifecycle=LIFECYCLE):
    """An initiative; its country is always null."""

    published_figures: list[SupportFigures]


present = presenter(record.Initiative, initiative)
