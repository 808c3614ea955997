"""What goes over HTTP for figures."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.actions.global_report.editions.schemas import Key
from services.actions.global_report.figures import answers, domain, record
from services.actions.global_report.figures.tables import figure
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Clean, Day, Line, LocalizedTexts, OneLine, ResponseModel, Texts
from shared.web.contract.schemas import RecordBody, RecordResponse

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,59}$")]
_Parameter = Annotated[str, StringConstraints(max_length=500), Clean]
_PARAMETERS = [{"of": "experts", "by": "region"}]


def _said(given: Mapping[str, str]) -> Mapping[str, str]:
    if not given:
        raise PydanticCustomError("required", "Say what the figure shows in at least one language.")
    return given


class FigureQuery(Body):
    """What a figure asks of the public API: what anybody may read for a past day."""

    path: Annotated[
        str,
        StringConstraints(max_length=200),
        OneLine,
        Field(examples=["/membership/v1/statistics"]),
        "The path: `statistics`, `statistics/values`, `statistics/headlines`, the `count` of an initiative, or"
        " `countries`.",
    ]
    parameters: Annotated[
        dict[_Name, _Parameter],
        Field(max_length=domain.MOST_PARAMETERS, examples=_PARAMETERS),
        "The parameters, without the day.",
    ] = {}


class FigureBody(RecordBody, of=record.Figure):
    """What changes in a figure; its edition and key stay."""

    kind: Literal[domain.KINDS]  # type: ignore[valid-type]
    alternatives: Annotated[Texts, AfterValidator(_said)]
    query: FigureQuery
    x: _Name | None = None
    y: _Name | None = None
    series: _Name | None = None
    source: Line | None = None


class FigureCreate(FigureBody, of=record.Figure, is_creation=True):
    """A new figure of an edition."""

    key: Key


class EditionFigure(RecordResponse, of=record.Figure, lifecycle=domain.LIFECYCLE):
    """A figure as a caller sees it."""

    kind: Annotated[str, Field(examples=["bars"], json_schema_extra={STATES: [*domain.KINDS]})]
    query: FigureQuery
    x: Annotated[str | None, Field(examples=["region"])]
    y: Annotated[str | None, Field(examples=["count"])]
    series: Annotated[str | None, Field(examples=[None])]


_Number = str | int | bool | None


class FigureData(ResponseModel):
    """The data of a figure, in the form of the API's answer."""

    key: Annotated[str, Field(examples=["experts-by-region"]), "The key of the figure."]
    titles: Annotated[LocalizedTexts, "The titles of the figure."]
    frozen: Annotated[bool, "Whether the edition is frozen; else the data is that of today."]
    as_of: Annotated[Day | None, "The day at whose end it stood."]
    definition: Annotated[str | None, Field(examples=[None]), "What is counted."]
    release: Annotated[str, Field(examples=["0.1.0"]), "The release of the system that answered."]
    sha256: Annotated[str, Field(examples=["0" * 64]), "The digest of `content`."]
    content: Annotated[
        str,
        Field(examples=['{"items":[{"count":120,"region":"Asia"}],"total":120}']),
        "The answer of the API as canonical JSON, without addresses and definitions.",
    ]
    columns: Annotated[list[str], Field(examples=[["region", "count"]]), "The members of `items`."]
    items: Annotated[
        list[dict[str, str | int | bool | dict[str, str] | None]],
        Field(examples=[[{"region": "Asia", "count": 120}]]),
        "A row for each number and day.",
    ]


class FigureDifference(ResponseModel):
    """A number that is another one today."""

    key: Annotated[str, Field(examples=["region=Asia count"]), "Which number; `sha256` is the digest."]
    then: Annotated[_Number, Field(examples=[120]), "The frozen one; null if there was none."]
    now: Annotated[_Number, Field(examples=[121]), "What the API answers for the day today; null if there is none."]


class FigureVerification(ResponseModel):
    """Whether the frozen data of a figure is what the API answers for its day today."""

    match: Annotated[bool, "Whether each number is the same."]
    differences: Annotated[list[FigureDifference], "The numbers that are not."]
    definition_changed: Annotated[bool, "Whether the API says otherwise what it counts."]
    as_of: Annotated[Day, "The day."]
    sha256: Annotated[str, Field(examples=["0" * 64]), "The digest that was noted at the freeze."]


def data_shown(of: record.Figure, answer: answers.Answer, release: str, day: date | None) -> dict[str, Any]:
    """The data of a figure."""
    rows = answers.rows_of(answer.data, of.y)
    return {
        "key": of.key,
        "titles": of.titles,
        "frozen": of.status == "frozen",
        "as_of": day or answer.data.get("as_of"),
        "definition": answer.definition,
        "release": release,
        "sha256": answer.sha256,
        "content": answer.content,
        "columns": list(dict.fromkeys(name for row in rows for name in row)),
        "items": rows,
    }


def verification_shown(of: record.Figure, found: answers.Verification) -> dict[str, Any]:
    """The verification of a frozen figure."""
    differences = [{"key": one.key, "then": one.then, "now": one.now} for one in found.differences]
    return {
        "match": found.match,
        "differences": differences,
        "definition_changed": found.definition_changed,
        "as_of": of.as_of,
        "sha256": of.sha256,
    }


present = presenter(record.Figure, figure)
