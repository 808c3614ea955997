"""What goes over HTTP for indicators."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, create_model

from services.actions.classification.schemes.schemas import Tag
from services.actions.measurement.indicators import domain, record
from services.actions.measurement.indicators.tables import indicator
from services.actions.plan.actions.domain import PILLARS
from shared.records.plain import presenter
from shared.web.contract.contract import patch_of
from shared.web.contract.fields import Body, CountryCode, Keyword, Line, OneLine, Titles
from shared.web.contract.schemas import RecordBody, RecordResponse

_CODE = r"^[0-9A-Za-z](?:[0-9A-Za-z ./_-]{0,62}[0-9A-Za-z._-])?$"
Code = Annotated[str, StringConstraints(pattern=_CODE), OneLine, Field(examples=["SOIL-1"])]
_SCALE = [{"code": code, "titles": {"en": code.capitalize()}, "order": n} for n, code in enumerate(("none", "full"))]


class Unit(Body):
    """The unit of a number."""

    code: Annotated[Keyword, Field(examples=["ha"]), "The unit's code, such as one of UCUM."]
    label: Annotated[Line, Field(examples=["hectares"]), "The unit in words."]


class ScaleCode(Body):
    """A value of a scale."""

    code: Annotated[Code, Field(examples=["full"]), "The code that results name."]
    titles: Annotated[Titles, "The titles of the value, by language."]
    order: Annotated[int, Field(ge=0, le=1000, strict=True), Field(examples=[1]), "Its place in the scale."]


class DimensionCode(Body):
    """A part of a dimension."""

    code: Annotated[Code, Field(examples=["female"]), "The code that results name."]
    titles: Annotated[Titles, "The titles of the part, by language."]


class Dimension(Body):
    """What results are divided by: its own codes, or those of a scheme."""

    key: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
        Field(examples=["sex"]),
        "The name of the dimension.",
    ]
    titles: Annotated[Titles, "The titles of the dimension, by language."]
    codes: Annotated[list[DimensionCode], Field(max_length=200), "Its parts, if it has its own."] = []
    scheme: Annotated[Keyword | None, Field(examples=["sdg"]), "The vocabulary that has its parts."] = None
    required: Annotated[bool, "Whether each result is divided by it."] = False
    exhaustive: Annotated[bool, "Whether the parts make up the whole."] = False


class IndicatorBody(RecordBody, of=record.Indicator):
    """An indicator as it is written; its code, framework and country stay."""

    level: Literal[domain.LEVELS]  # type: ignore[valid-type]
    measure: Literal[domain.MEASURES]  # type: ignore[valid-type]
    unit: Unit | None = None
    scale: Annotated[list[ScaleCode], Field(max_length=50, examples=[_SCALE])] = []
    direction: Literal[domain.DIRECTIONS] = "ascending"  # type: ignore[valid-type]
    across: Literal[domain.ACROSS]  # type: ignore[valid-type]
    over_time: Literal[domain.OVER_TIME]  # type: ignore[valid-type]
    reported_by: Literal[domain.SUBJECTS] = "country"  # type: ignore[valid-type]
    frequency: Literal[domain.FREQUENCIES] = "year"  # type: ignore[valid-type]
    pillar: Literal[PILLARS] | None = None  # type: ignore[valid-type]
    side: Literal[domain.SIDES] | None = None  # type: ignore[valid-type]
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    disaggregations: Annotated[list[Dimension], Field(max_length=5)] = []


class IndicatorCreate(IndicatorBody, is_creation=True):
    """A new indicator, of a framework or of a country."""

    code: Code
    framework: Annotated[Line | None, Field(examples=["3+1/2026"])] = None


_OwnCode = Annotated[Code | None, "The code of the copy; by default that of the indicator."]


class CopyOwner(Body):
    """The country of a copy, and its code there."""

    country: CountryCode
    code: _OwnCode = None


IndicatorCopy = create_model(
    "IndicatorCopy",
    __base__=patch_of("Indicator", IndicatorBody),
    __doc__="The country of a copy, its code there, and what it changes of the indicator, as in a merge patch.",
    country=(CountryCode, ...),
    code=(_OwnCode, None),
)


class Indicator(RecordResponse, of=record.Indicator, lifecycle=domain.LIFECYCLE):
    """An indicator as a caller sees it."""

    unit: Unit | None
    scale: list[ScaleCode]
    codes: list[Tag]
    disaggregations: list[Dimension]


present = presenter(record.Indicator, indicator)
