"""What the search responds."""

from typing import Annotated, Literal

from pydantic import Field

from services.portal.search.finding import KINDS, Found, list_in_api, page_of_list
from shared.web.contract.contract import Described


class SearchLinks(Described):
    """Where a hit is. `api` is null for a guide."""

    api: Annotated[str | None, "The record in the API."] = Field(examples=["/membership/v1/experts/EXP-000123"])
    page: Annotated[str, "The page for people."] = Field(examples=["/en/experts/EXP-000123"])


class SearchHit(Described):
    """A public record or a guide."""

    kind: Annotated[Literal[KINDS], "What it is."] = Field(examples=["experts"])  # type: ignore[valid-type]
    key: Annotated[str, "Its ref, the code of a country, or the name of a guide."] = Field(examples=["EXP-000123"])
    title: Annotated[str, "Its name or title."] = Field(examples=["José Núñez"])
    language: Annotated[str | None, "The language of the title; null for a name."] = Field(examples=["fr"])
    country: Annotated[str | None, "Its country, if it has one."] = Field(examples=["PE"])
    links: Annotated[SearchLinks, "Where it is."]


class SearchMore(Described):
    """Where the other hits of a kind are. `api` is null for guides."""

    kind: Annotated[Literal[KINDS], "The kind."] = Field(examples=["experts"])  # type: ignore[valid-type]
    api: Annotated[str | None, "The list in the API."] = Field(examples=["/membership/v1/experts?q=nunez"])
    page: Annotated[str, "The list for people."] = Field(examples=["/en/experts?q=nunez"])


class SearchResponse(Described):
    """What is found, by kind. Each kind has ten hits at most; `more` names the kinds with others."""

    q: Annotated[str, "What was searched for."] = Field(examples=["nunez"])
    kinds: Annotated[list[str], "The kinds that were searched."] = Field(examples=[["experts", "institutions"]])
    items: Annotated[list[SearchHit], "The hits in the order of kinds."]
    more: Annotated[list[SearchMore], "The lists of kinds that have more hits."]
    unavailable: Annotated[list[str], "The kinds that could not be searched: their service does not respond."] = Field(
        examples=[[]]
    )
    next: Annotated[None, "Always null: `more` has the lists."] = None


def present(q: str, kinds: tuple[str, ...], found: Found, language: str) -> dict[str, object]:
    """The response for what was found."""
    return {
        "q": q,
        "kinds": kinds,
        "items": [
            {
                "kind": hit.kind,
                "key": hit.key,
                "title": hit.title,
                "language": hit.language,
                "country": hit.country,
                "links": {"api": hit.api, "page": hit.page},
            }
            for hit in found.hits
        ],
        "more": [
            {"kind": kind, "api": list_in_api(kind, q), "page": page_of_list(kind, q, language)} for kind in found.more
        ],
        "unavailable": found.unavailable,
        "next": None,
    }
