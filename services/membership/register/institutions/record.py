"""An institution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Default,
    Example,
    Internal,
    Part,
    Parts,
    Public,
    Record,
    Tracked,
    Visible,
    Written,
)


class InstitutionName(TypedDict):
    """A name of an institution, as in ROR schema 2.1."""

    value: str
    language: str | None
    types: list[str]


class Relation(TypedDict):
    """What another institution is to this one: an institution of the register, or one that ROR names."""

    type: str
    institution_id: str | None
    ror: str | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution(Record):
    """An institution of the register.

    `match_key` contains the significant words of all names, folded; `search_key` the whole names. `links` and
    `relations` are shown together with others.
    """

    resource_type = Resource("membership", "institutions", "institution")

    country: Annotated[str, Public, Written, Country, "The institution's country, as an ISO 3166-1 alpha-2 code."]
    visibility: Annotated[
        str,
        Public,
        Written,
        Visible,
        Default("network"),
        "Who may know of the institution once published: everybody, the network, or grants over the record.",
    ]
    names: Annotated[Sequence[InstitutionName], Public, Written, "The institution's names, as in ROR schema 2.1."]
    display_name: Annotated[str, Public, Example("Green Plains University"), "The name that it is shown under."]
    sort_name: Annotated[str, Internal]
    search_key: Annotated[str, Internal]
    match_key: Annotated[str, Internal]
    ror: Annotated[str | None, Public, Written, Example("https://ror.org/02mhbdp94"), "The ROR id."]
    types: Annotated[list[str], Public, Written, Example(["education"]), "The types of ROR."]
    domains: Annotated[list[str], Public, Written, Example(["example.org"]), "The institution's domains."]
    links: Annotated[list[str], Public, Written, Part, "The institution's web pages."]
    locations: Annotated[Parts, Public, Written, "The location of the institution."]
    relations: Annotated[Sequence[Relation], Public, Written, Part, "What other institutions are to this one."]
    heri: Annotated[bool, Public, Written, Default(True), "Whether it is a higher education or research institution."]
    previous_status: Annotated[str | None, Internal]
    merged_into: Annotated[UUID | None, Internal, Tracked]
