"""An edition of the Global Report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.record import (
    Default,
    Example,
    Fixed,
    Internal,
    Public,
    Record,
    Searched,
    Texts,
    Titles,
    Tracked,
    Visible,
    Written,
)


class OutlineEntry(TypedDict):
    """A place of the outline: what a contribution is written for, or what holds other places."""

    key: str
    titles: Texts
    kind: str
    parent: str | None
    order: int
    country: str | None


class Call(TypedDict):
    """The call for proposals. Instants are text."""

    opens: str
    closes: str
    texts: Texts


class Deadlines(TypedDict):
    """The last days of drafts, of the review and of final texts, as text."""

    draft: str
    review: str
    final: str


class Review(TypedDict):
    """How contributions are reviewed."""

    blind: str
    publish_comments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(Record):
    """An edition of the report. It belongs to no country; a grant over it names its id."""

    resource_type = Resource("actions", "editions", "edition")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[
        str, Public, Written, Visible, Default("public"), "Who may know of the edition once its call is open."
    ]
    year: Annotated[int, Public, Written, Fixed, Example(2027), "The year of the edition."]
    number: Annotated[int, Public, Written, Fixed, Example(1), "The number of the edition in its year."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles of the edition, by language."]
    languages: Annotated[list[str], Public, Written, Example(["en"]), "The languages in which it is to appear."]
    licence: Annotated[str, Public, Written, Example("CC-BY-4.0"), "The licence, as an SPDX identifier."]
    doi: Annotated[str | None, Public, Written, Example("10.1038/nphys1170"), "Its DOI, once there is one."]
    isbn: Annotated[str | None, Public, Written, Example("978-3-16-148410-0"), "Its ISBN, once there is one."]
    outline: Annotated[Sequence[OutlineEntry], Public, Written, "The places of the edition, in three levels at most."]
    call: Annotated[Call | None, Public, Written, "The call for proposals; it opens and closes at its instants."]
    deadlines: Annotated[Deadlines | None, Public, Written, "The last days of each step."]
    review: Annotated[Review, Public, Written, "How contributions are reviewed."]
    as_of: Annotated[date | None, Public, Tracked, Example(None), "The day of its data, once it is frozen."]
    frozen_at: Annotated[datetime | None, Public, Tracked, Example(None), "When it was frozen."]
    published_at: Annotated[datetime | None, Public, Tracked, Example(None), "When it was published."]
    issue: Annotated[
        int, Public, Tracked, Example(0), "How many errata it has: 0 as it was published, then the number of the last."
    ]
    retraction: Annotated[str | None, Public, Tracked, Example(None), "Why it was retracted."]
    review_reminded_on: Annotated[date | None, Internal]
    final_reminded_on: Annotated[date | None, Internal]
    search_key: Annotated[str, Internal]
