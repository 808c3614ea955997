"""What goes over HTTP for the coverage of a scheme."""

from typing import Annotated

from pydantic import Field

from services.actions.codes.schemas import SchemeCode
from services.actions.schemes.schemas import Tag
from shared.web.fields import ResponseModel
from shared.web.schemas import NEXT

_INDICATORS = Annotated[int, Field(examples=[1]), "The number of indicators."]
_RESULTS = Annotated[int, Field(examples=[12]), "The number of published results."]
_ACTIONS = Annotated[int, Field(examples=[3]), "The number of actions."]
_MILESTONES = Annotated[int, Field(examples=[5]), "The number of milestones."]
_REPORTS = Annotated[int, Field(examples=[2]), "The number of progress reports with a section that has it."]
_EVIDENCE = Annotated[int, Field(examples=[0]), "The number of files of evidence."]


class RelatedCode(Tag):
    """A code of another scheme whose records count."""

    relation: Annotated[str, Field(examples=["exact"]), "How it relates to the code."]


class CodeCoverage(SchemeCode):
    """A code with the number of records that have it, or a code below it. A record counts once."""

    indicators: _INDICATORS
    results: _RESULTS
    actions: _ACTIONS
    milestones: _MILESTONES
    reports: _REPORTS
    evidence: _EVIDENCE
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
