"""What goes over HTTP for many certificates."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.membership.issuing.bulk_issues.queries import SOURCES
from shared.kernel.text import LANGUAGES
from shared.web.contract.fields import Body, CleanTree

MOST = 10_000
_Filters: TypeAlias = Annotated[dict[str, str | list[str]], Field(max_length=20), CleanTree]


class BulkIssueBody(Body):
    """Certificates of one kind: those about these records, or about all that the filters choose."""

    kind: Annotated[Literal[tuple(SOURCES)], "What is certified."]  # type: ignore[valid-type]
    filters: Annotated[
        _Filters | None,
        Field(examples=[{"country": "XA"}]),
        "Filters of the list of experts for `membership`; else `country`, and `initiative_id` for `support`,"
        " `congress_id` for `participation`; `{}` for all.",
    ] = None
    items: Annotated[
        list[UUID] | None,
        Field(min_length=1, max_length=MOST, examples=[None]),
        "The ids of experts for `membership` and `review`; of centres, supports and participations; each once.",
    ] = None
    year: Annotated[int | None, Field(ge=2000, le=2100, examples=[None]), "The year of the reviews, for `review`."] = (
        None
    )
    language: Annotated[
        Literal[LANGUAGES] | None, "The language of new certificates; by default that of each holder."  # type: ignore[valid-type]
    ] = None

    @model_validator(mode="after")
    def _chooses(self) -> "BulkIssueBody":
        if (self.filters is None) == (self.items is None):
            raise PydanticCustomError("invalid_value", "Give either filters or items.")
        if self.items is not None and len(set(self.items)) < len(self.items):
            raise PydanticCustomError("invalid_value", "An id is given twice.")
        if (self.year is None) == SOURCES[self.kind].year:
            raise PydanticCustomError("invalid_value", "Give the year for reviews, and only for them.")
        return self
