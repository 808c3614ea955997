"""What goes over HTTP for vocabularies."""

from typing import Annotated, Any

from pydantic import Field

from shared.kernel.resource import Resource
from shared.web.contract.fields import ResponseModel
from shared.web.contract.vocabularies import NAMES, VOCABULARIES, Term

VOCABULARY = Resource("access", "vocabularies", "vocabulary")


class VocabularySummary(ResponseModel):
    """A vocabulary and where its terms are."""

    name: Annotated[str, Field(examples=["reasons"]), "Its name."]
    description: Annotated[str, Field(examples=[NAMES["reasons"]]), "Which fields have its codes."]
    terms: Annotated[int, Field(examples=[169]), "How many terms it has."]
    link: Annotated[str, Field(examples=[f"{VOCABULARY.path}/reasons"]), "The address of its terms."]


class VocabularyPage(ResponseModel):
    """All vocabularies; there is never a next page."""

    items: Annotated[list[VocabularySummary], "The vocabularies."]
    next: Annotated[None, "Always null: there is no next page."] = None


class VocabularyTerm(ResponseModel):
    """What a code means. `titles` by language; `meaning` in English."""

    code: Annotated[str, Field(examples=["quorum_missing"]), "The code that records and problems carry."]
    resource: Annotated[
        str | None,
        Field(examples=["membership.erasures"]),
        "The resource for which the term replaces the general one of the same code; null for the general one.",
    ]
    titles: Annotated[dict[str, str], Field(examples=[{"en": "There is no quorum"}]), "The title, by language."]
    meaning: Annotated[str, Field(examples=["Record all who were present."]), "What it means and what a person can do."]
    page: Annotated[str, Field(examples=["/vocabularies/reasons/quorum_missing"]), "The page of the code."]


class TermPage(ResponseModel):
    """All terms of a vocabulary by code, the general one first; there is never a next page."""

    items: Annotated[list[VocabularyTerm], "The terms."]
    next: Annotated[None, "Always null: there is no next page."] = None


def shown_list() -> dict[str, Any]:
    """All vocabularies."""
    items = [
        {"name": name, "description": about, "terms": len(VOCABULARIES[name]), "link": f"{VOCABULARY.path}/{name}"}
        for name, about in NAMES.items()
    ]
    return {"items": items, "next": None}


def shown_terms(terms: tuple[Term, ...]) -> dict[str, Any]:
    """The terms of one vocabulary."""
    items = [
        {
            "code": term.code,
            "resource": term.resource,
            "titles": dict(term.titles),
            "meaning": term.meaning,
            "page": term.page,
        }
        for term in terms
    ]
    return {"items": items, "next": None}
