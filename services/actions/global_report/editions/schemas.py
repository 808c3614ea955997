"""What goes over HTTP for editions."""

from datetime import UTC
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, StringConstraints, WithJsonSchema

from services.actions.global_report.editions import domain, record
from services.actions.global_report.editions.tables import edition
from shared.kernel.clock import to_text
from shared.records.plain import presenter
from shared.web.contract.fields import Body, CountryCode, Day, Doi, LanguageTag, Texts, Titles, each_once
from shared.web.contract.schemas import RecordBody, RecordResponse

Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"), Field(examples=["soils"])]
"""The key of a place of the outline."""
_Instant: TypeAlias = Annotated[
    AwareDatetime,
    AfterValidator(lambda at: at.astimezone(UTC)),
    PlainSerializer(to_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class OutlineEntry(Body):
    """A place of the outline."""

    key: Annotated[Key, "The key, by which contributions name it."]
    titles: Annotated[Titles, "The titles, by language."]
    kind: Annotated[
        Literal[domain.KINDS],  # type: ignore[valid-type]
        Field(examples=["chapter"]),
        "What it is; `country` is the chapter of one country.",
    ] = "chapter"
    parent: Annotated[Key | None, Field(examples=[None]), "The key of the entry that it is part of."] = None
    order: Annotated[int, Field(ge=0, le=10_000, strict=True, examples=[1]), "Its place among its siblings."] = 0
    country: Annotated[CountryCode | None, "The country of a country chapter."] = None


class EditionCall(Body):
    """The call for proposals. Until it opens, it opens and closes by time too."""

    opens: Annotated[_Instant, "From when on people propose contributions."]
    closes: Annotated[_Instant, "Until when they do."]
    texts: Annotated[Texts, "What the call asks for, by language."] = {}


class EditionDeadlines(Body):
    """The last days of each step."""

    draft: Annotated[Day, "The last day of drafts; contributions have it by default."]
    review: Annotated[Day, "The last day of the review."]
    final: Annotated[Day, "The last day of final texts."]


class EditionReview(Body):
    """How contributions are reviewed."""

    blind: Annotated[
        Literal[domain.BLIND],  # type: ignore[valid-type]
        Field(examples=["single"]),
        "Whom reviews hide: nobody (`open`), reviewers from authors (`single`), or both (`double`).",
    ] = "single"
    publish_comments: Annotated[bool, "Whether comments and answers are published with the edition."] = True


class EditionBody(RecordBody, of=record.Edition):
    """What changes in an edition; its year and number stay."""

    languages: Annotated[list[LanguageTag], Field(min_length=1, max_length=20), AfterValidator(each_once)] = ["en"]
    licence: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{1,60}$"), Field(examples=["CC-BY-4.0"])] = (
        "CC-BY-4.0"
    )
    doi: Doi | None = None
    isbn: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9-]{8,15}[0-9X]$")] | None = None
    outline: Annotated[list[OutlineEntry], Field(min_length=1, max_length=domain.MOST_ENTRIES)]
    call: EditionCall | None = None
    deadlines: EditionDeadlines | None = None
    review: EditionReview = EditionReview()


class EditionCreate(EditionBody, of=record.Edition, is_creation=True):
    """A new edition."""

    year: Annotated[int, Field(ge=2000, le=2200, strict=True, examples=[2027])]
    number: Annotated[int, Field(ge=1, le=99, strict=True, examples=[1])] = 1


class EditionFields(Body):
    """The fields of transitions."""

    as_of: Annotated[Day | None, "For `freeze`: the day of all figures, one that has ended; by default yesterday."] = (
        None
    )
    doi: Annotated[Doi | None, "For `record_doi`: the DOI that a registrar registered."] = None


class Edition(RecordResponse, of=record.Edition, lifecycle=domain.LIFECYCLE):
    """An edition as a caller sees it."""

    outline: list[OutlineEntry]
    call: EditionCall | None
    deadlines: EditionDeadlines | None
    review: EditionReview
    progress: Annotated[
        dict[str, int] | None,
        Field(examples=[{"draft": 3}]),
        "In items, for grants over it: how many contributions are in each state; null for others.",
    ] = None


present = presenter(record.Edition, edition)
