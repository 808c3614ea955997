"""What goes over HTTP for assessments."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.actions.classification.schemes.schemas import Code
from services.actions.classification.states import record
from services.actions.classification.states.domain import MOST_STATES, STATUSES
from shared.records.columns import parsed_or_fragment
from shared.web.contract.fields import Body, Day, Document, Keyword, OneLine, ResponseModel

_Assessment = Annotated[str, StringConstraints(min_length=1, max_length=64), OneLine, Field(examples=["2025"])]


class CodeState(Body):
    """The status of a code in an assessment."""

    code: Annotated[Code, Field(examples=["climate-change"]), "The code."]
    status: Annotated[Literal[STATUSES], "Whether it is within its bounds."]  # type: ignore[valid-type]
    zone: Annotated[Keyword | None, Field(examples=["high risk"]), "The zone that the assessment names."] = None


class SchemeAssessmentBody(Body):
    """An assessment of the codes of an edition, which is never changed."""

    assessment: Annotated[_Assessment, "The name of the assessment, such as its year."]
    published_on: Annotated[Day, "The day on which it was published."]
    source: Annotated[Document, "Where it was published."]
    states: Annotated[list[CodeState], Field(min_length=1, max_length=MOST_STATES), "The status of codes, each once."]

    def as_record(self) -> record.Assessment:
        """The assessment, with documents as JSON values."""
        parts = self.model_dump(mode="json", include={"source", "states"})
        return record.Assessment(self.assessment, self.published_on, **parts)


class SchemeAssessment(ResponseModel):
    """An assessment of the codes of an edition."""

    assessment: Annotated[_Assessment, "The name of the assessment."]
    published_on: Annotated[Day, "The day on which it was published."]
    source: Annotated[Document, "Where it was published."]
    states: Annotated[list[CodeState], "The status of codes."]


def present_assessment(row: Mapping[str, Any]) -> dict[str, Any]:
    """An assessment as a caller sees it."""
    documents = {name: parsed_or_fragment(row[name]) for name in ("source", "states")}
    return {"assessment": row["assessment"], "published_on": row["published_on"].isoformat(), **documents}
