"""An institution."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Internal, Part, Parts, Public, Record, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution(Record):
    """An institution of the register.

    `match_key` holds the telling words of all names, folded; `search_key` the whole names. `links` and `relations` are
    shown with others.
    """

    resource_type = Resource("membership", "institutions", "institution")

    country: Annotated[str, Public, Written]
    visibility: Annotated[str, Public, Written]
    names: Annotated[Parts, Public, Written]
    display_name: Annotated[str, Public]
    sort_name: Annotated[str, Internal]
    search_key: Annotated[str, Internal]
    match_key: Annotated[str, Internal]
    ror: Annotated[str | None, Public, Written]
    types: Annotated[list[str], Public, Written]
    domains: Annotated[list[str], Public, Written]
    links: Annotated[list[str], Public, Written, Part]
    locations: Annotated[Parts, Public, Written]
    relations: Annotated[Parts, Public, Written, Part]
    heri: Annotated[bool, Public, Written]
    previous_status: Annotated[str | None, Internal]
    merged_into: Annotated[UUID | None, Internal, Tracked]
