"""What goes over HTTP for the coverage of a scheme."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.actions.classification.codes.schemas import SchemeCode
from services.actions.classification.schemes.schemas import Tag
from services.actions.overview.coverage.domain import MOST_LATEST
from shared.web.contract.fields import DecimalText, ResponseModel
from shared.web.contract.schemas import NEXT

_INDICATORS = Annotated[int, Field(examples=[1]), "The number of indicators."]
_RESULTS = Annotated[int, Field(examples=[12]), "The number of published results."]
_ACTIONS = Annotated[int, Field(examples=[3]), "The number of actions."]
_MILESTONES = Annotated[int, Field(examples=[5]), "The number of milestones."]
_REPORTS = Annotated[int, Field(examples=[2]), "The number of progress reports with a section that has it."]
_EVIDENCE = Annotated[int, Field(examples=[0]), "The number of files of evidence."]


class RelatedCode(Tag):
    """A code of another scheme whose records count."""

    relation: Annotated[str, Field(examples=["exact"]), "How it relates to the code."]


class LatestValue(ResponseModel):
    """The value of an indicator in the last period with any, over the countries that are asked for."""

    indicator: Annotated[UUID, "The id of the indicator."]
    period: Annotated[str, Field(examples=["2026"]), "The code of the period."]
    value: Annotated[DecimalText | None, "The number by the rule `across` of the indicator; null if it forms none."]
    counts: Annotated[
        dict[str, int] | None,
        Field(examples=[{"full": 2}]),
        "How many subjects reported each code, if nominal or ordinal.",
    ]
    countries: Annotated[int, Field(examples=[3]), "How many countries have a value."]


class CodeCoverage(SchemeCode):
    """A code with the number of records that have it, or a code below it. A record counts once."""

    indicators: _INDICATORS
    results: _RESULTS
    actions: _ACTIONS
    milestones: _MILESTONES
    reports: _REPORTS
    evidence: _EVIDENCE
    latest: Annotated[
        list[LatestValue],
        Field(max_length=MOST_LATEST),
        "The latest values of its indicators, of at most 20 of them.",
    ]
    via: Annotated[list[RelatedCode], "The codes of other schemes whose records count, too."]


class OrphanedCode(ResponseModel):
    """A tag of the scheme that the edition lacks, with the number of records."""

    code: Annotated[str, Field(examples=["15.42"]), "The code of the tag."]
    indicators: _INDICATORS
    results: _RESULTS
    actions: _ACTIONS
    milestones: _MILESTONES
    reports: _REPORTS
    evidence: _EVIDENCE


class Coverage(ResponseModel):
    """One page of the codes of an edition, with the records that the caller may know of."""

    items: Annotated[list[CodeCoverage], "The codes of this page."]
    orphans: Annotated[list[OrphanedCode], "The most frequent tags of the scheme that the edition lacks."]
    next: Annotated[str | None, Field(examples=[None]), NEXT]
