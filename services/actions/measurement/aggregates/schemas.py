"""What goes over HTTP for values."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.actions.measurement.indicators.schemas import Unit
from shared.web.contract.fields import Day, DecimalText, ResponseModel


class ValueRule(ResponseModel):
    """How several values became one."""

    across: Annotated[str, Field(examples=["sum"]), "How those of several countries became one."]
    over_time: Annotated[str, Field(examples=["latest"]), "How those of several periods became one."]


class ValueLinks(ResponseModel):
    """Where the value comes from."""

    records: Annotated[
        str | None,
        Field(examples=["/actions/v1/results?indicator_id=0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33&status=published"]),
        "The list of the results; null for another day than today, and for no region.",
    ]


class ResultValue(ResponseModel):
    """The value of a country, a region, a period or a part, or of all; a part has a member by the key of its
    dimension."""

    indicator: Annotated[UUID, "The id of the indicator."]
    country: Annotated[str | None, Field(examples=["XA"]), "The country, where values are by country."] = None
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49, where values are by region."] = None
    period: Annotated[str | None, Field(examples=["2026"]), "The code of the period, where values are by period."] = (
        None
    )
    value: Annotated[DecimalText | None, "The number; null if the rules form none."]
    numerator: Annotated[DecimalText | None, "What a weighted mean divides."]
    denominator: Annotated[DecimalText | None, "What a weighted mean divides by."]
    counts: Annotated[
        dict[str, int] | None,
        Field(examples=[{"full": 2}]),
        "How many subjects reported each code, if nominal or ordinal.",
    ]
    unit: Annotated[Unit | None, "The unit."]
    rule: Annotated[ValueRule, "How several values became one."]
    countries: Annotated[int, Field(examples=[3]), "How many countries have a value."]
    expected: Annotated[int, Field(examples=[4]), "How many countries have launched a programme of the framework."]
    absent: Annotated[
        dict[str, int], Field(examples=[{"confidential": 1}]), "How many have none, by why; `not_reported` without one."
    ]
    links: Annotated[ValueLinks, "Where the value comes from."]


class ResultValues(ResponseModel):
    """Values in the order of indicators and keys."""

    items: Annotated[list[ResultValue], "The values, in the order of indicators and keys."]
    as_of: Annotated[Day, "The day at whose end they stood."]
    definition: Annotated[str, Field(examples=["Results of visibility public."]), "What is counted for this caller."]
