"""What goes over HTTP for codes of an edition."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AnyUrl, Field, PlainSerializer, RootModel

from services.actions.classification.codes.domain import MOST_AT_ONCE
from services.actions.classification.schemes.schemas import Code
from shared.records.columns import parsed_or_fragment
from shared.web.contract.fields import Body, Keyword, LocalizedTexts, ResponseModel, Titles

_FIELDS = ("code", "parent", "kind", "uri", "order")


class SchemeCodeBody(Body):
    """A code as it is written. What is absent stays, or is null in a new one."""

    code: Annotated[Code, "The code in the scheme."]
    parent: Annotated[Code | None, Field(examples=["15"]), "The code that this one is a part of."] = None
    kind: Annotated[Keyword | None, Field(examples=["target"]), "The kind of code."] = None
    titles: Annotated[Titles, "The titles of the code, by language."]
    uri: Annotated[Annotated[AnyUrl, PlainSerializer(str)] | None, "The identifier of the code on the web."] = None
    order: Annotated[int, Field(ge=0, le=1_000_000, examples=[3]), "Its place; by default that in the request."] = 0


class SchemeCodesBody(RootModel[list[SchemeCodeBody]]):
    """Codes of an edition, at most 2,000."""

    root: Annotated[list[SchemeCodeBody], Field(min_length=1, max_length=MOST_AT_ONCE)]


class SchemeCode(ResponseModel):
    """A code of an edition."""

    code: Annotated[str, Field(examples=["15.3"]), "The code in the scheme."]
    parent: Annotated[str | None, Field(examples=["15"]), "The code that this one is a part of."]
    kind: Annotated[str | None, Field(examples=["target"]), "The kind of code."]
    titles: Annotated[LocalizedTexts, "The titles of the code, by language."]
    uri: Annotated[str | None, Field(examples=[None]), "The identifier of the code on the web."]
    order: Annotated[int, Field(examples=[120]), "Its place in the scheme."]


def present_code(row: Mapping[str, Any]) -> dict[str, Any]:
    """A code as a caller sees it."""
    return {**{name: row[name] for name in _FIELDS}, "titles": parsed_or_fragment(row["titles"])}
