"""What goes over HTTP for periods."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.actions.measurement.periods import record
from services.actions.measurement.periods.domain import LIFECYCLE
from services.actions.measurement.periods.tables import extension, period
from shared.records.columns import renderer
from shared.records.plain import presenter
from shared.web.contract.fields import Body, CountryCode, Day, Line, OneLine, ResponseModel
from shared.web.contract.schemas import RecordBody, RecordResponse

Code = Annotated[str, StringConstraints(min_length=4, max_length=7), OneLine, Field(examples=["2026"])]
_SHOWN = renderer({name: extension.c[name] for name in ("country", "until", "reason", "created_at", "created_by")})


class PeriodBody(RecordBody, of=record.Period):
    """A period as it is written; its framework, code and time stay."""

    closes_on: Day | None


class PeriodCreate(PeriodBody, is_creation=True):
    """A new period of a framework. Its days fit its code."""

    framework: Annotated[Line, Field(examples=["3+1/2026"])]
    code: Code
    closes_on: Day


class Period(RecordResponse, of=record.Period, lifecycle=LIFECYCLE):
    """A period as a caller sees it; its country is always null."""


class ExtensionCreate(Body):
    """More time for one country."""

    country: CountryCode
    until: Annotated[Day, "The last day on which the country enters results, by 90 days from today at most."]
    reason: Annotated[Line, Field(examples=["The survey was delayed by floods"]), "Why the country gets more time."]


class Extension(ResponseModel):
    """More time for one country, for grants that cover it."""

    country: Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
    until: Annotated[date, "The last day on which the country enters results."]
    reason: Annotated[str, Field(examples=["The survey was delayed by floods"]), "Why the country gets more time."]
    created_at: Annotated[str, Field(examples=["2026-11-24T10:00:00.000000Z"]), "When the extension was granted."]
    created_by: Annotated[
        str, Field(examples=["account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "Who granted it, kind and id."
    ]


class ExtensionPage(ResponseModel):
    """The extensions of a period that the caller may know of, by country."""

    items: Annotated[list[Extension], "The extensions."]
    next: Annotated[None, "Always null: there is one page."]


present = presenter(record.Period, period)


def present_extension(found: record.Extension) -> dict[str, Any]:
    """The extension as whoever may know of it sees it."""
    return _SHOWN(asdict(found))
