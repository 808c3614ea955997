"""A contribution to an edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Example,
    Fixed,
    Internal,
    Keywords,
    Prose,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Tracked,
    Written,
)


class Author(TypedDict):
    """An expert of the register, or a name; `confirmed_at` is when the person confirmed the authorship, as text."""

    expert_id: str | None
    name: str | None
    orcid: str | None
    affiliation: str | None
    roles: list[str]
    corresponding: bool
    confirmed_at: str | None


class Address(TypedDict):
    """Where an author without a record is asked to confirm. `asked` is the number of the mail; None before it."""

    email: str
    asked: int | None


class Consent(TypedDict):
    """What a country has consented to: a version of its chapter, and when, as text."""

    version: int
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Record):
    """A text of an edition, with the country of its country chapter. Its edition publishes it. A grant over one
    record names the edition, the contribution, or an author's own record. `expert_ids`: the authors who are experts;
    `unconfirmed_ids`: those of them who have still to confirm;
    `corresponding_id`: the one who corresponds; `addresses` are by the identity of the other authors,
    `authors_asked` is how many mails to them were sent."""

    resource_type = Resource("actions", "contributions", "contribution")
    scope_column = "edition_id"
    also_scoped_by = ("id", "expert_ids")

    country: Annotated[
        str | None, Public, Written, Country, Fixed, "The country of a country chapter: that of its place."
    ]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    edition_id: Annotated[UUID, Public, Written, Fixed, Refers("/actions/v1/editions"), "The edition."]
    number: Annotated[int, Public, Example(1), "Its number in the edition, which never changes."]
    outline_key: Annotated[str, Public, Written, Example("soils"), "The key of its place in the edition's outline."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    language: Annotated[str, Public, Written, "The language in which it is written."]
    abstract: Annotated[Texts, Public, Written, "The abstract, by language."]
    keywords: Annotated[list[str], Public, Written, Keywords, "What it is about."]
    funding: Annotated[str | None, Public, Written, Prose, "Who funded the work."]
    conflicts: Annotated[
        str | None, Public, Written, Prose, Example("None."), "Conflicts of interest, or that there are none."
    ]
    due: Annotated[date | None, Public, Written, "The last day of the draft; by default that of the edition."]
    authors: Annotated[Sequence[Author], Public, Written, "The authors, in order, with their roles of CRediT."]
    editor_id: Annotated[
        UUID | None, Public, Tracked, Refers("/access/v1/accounts"), "The account of the editor who handles it."
    ]
    consent: Annotated[
        Consent | None, Public, Tracked, "The version of its chapter to which the country has consented; null before."
    ]
    published_version: Annotated[
        int | None, Public, Tracked, Example(None), "The number of the version that was published; null before."
    ]
    expert_ids: Annotated[list[UUID], Internal]
    unconfirmed_ids: Annotated[list[UUID], Internal]
    corresponding_id: Annotated[UUID | None, Internal]
    addresses: Annotated[Mapping[str, Address], Internal]
    authors_asked: Annotated[int, Internal]
    reminded_on: Annotated[date | None, Internal]
    search_key: Annotated[str, Internal]
