"""An edition of a classification scheme."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Line, Public, Record, Searched, Texts, Titles, Tracked, Written


class Tag(TypedDict):
    """A code of a scheme."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme(Record):
    """An edition of a scheme, with its codes. It belongs to no country, and is public once it is published."""

    resource_type = Resource("actions", "schemes", "scheme")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    code: Annotated[
        str, Public, Written, Searched, Example("sdg"), "The scheme's code, which its editions share and tags name."
    ]
    edition: Annotated[str, Public, Written, Example("2015"), "The edition, such as a year."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The scheme's titles, by language."]
    source: Annotated[
        str | None,
        Public,
        Written,
        Example("https://undocs.org/A/RES/70/1"),
        "Where the scheme is published; null for the plan's own.",
    ]
    licence: Annotated[str | None, Public, Written, Line, Example("CC-BY-4.0"), "The licence of the scheme."]
    publisher: Annotated[str | None, Public, Written, Line, Example("United Nations"), "Who publishes the scheme."]
    code_count: Annotated[int, Public, Tracked, Example(434), "The number of its codes."]
    assessments: Annotated[
        list[str], Public, Tracked, Example([]), "The assessments that state the status of its codes."
    ]
    search_key: Annotated[str, Internal]
