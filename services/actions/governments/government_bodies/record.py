"""A body of a government."""

from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Country, Example, Fixed, Internal, Public, Record, Searched, Texts, Titles, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentBody(Record):
    """A ministry, an agency or another body of a government."""

    resource_type = Resource("actions", "government_bodies", "government_body")

    country: Annotated[
        str, Public, Written, Country, Fixed, "The country of the government, as an ISO 3166-1 alpha-2 code."
    ]
    names: Annotated[Texts, Public, Written, Searched, Titles, "The body's names, by language."]
    kind: Annotated[str, Public, Written, Example("ministry"), "The kind of body."]
    website: Annotated[str | None, Public, Written, Example("https://ministry.example.org/"), "The body's page."]
    search_key: Annotated[str, Internal]
