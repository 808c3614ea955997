"""An initiative that people and institutions sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Default,
    Example,
    Internal,
    PartialDate,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Visible,
    Written,
)


class SupportFigures(TypedDict):
    """How many supported the initiative according to a source. `as_of` is a partial date."""

    supporters: int | None
    organisations: int | None
    countries: int | None
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative(Record):
    """An initiative. It belongs to no country. `text_digests` are SHA-256 digests of title and text, by language."""

    resource_type = Resource("membership", "initiatives", "initiative")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[
        str,
        Public,
        Written,
        Visible,
        Default("public"),
        "Who may know of the initiative once it is open: everybody, the network, or the office.",
    ]
    code: Annotated[
        str, Public, Written, Searched, Example("HAIKOU-2022"), "The code of the initiative, which no other has."
    ]
    titles: Annotated[
        Texts, Public, Written, Searched, Titles, "The title, by language. Frozen once somebody has signed."
    ]
    texts: Annotated[Texts, Public, Written, "The text that is signed, by language. Frozen once somebody has signed."]
    adopted_at: Annotated[
        str | None, Public, Written, PartialDate, Example("2022-11"), "When the initiative was adopted; a partial date."
    ]
    congress_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/membership/v1/congresses"),
        "The congress that brought the initiative forth.",
    ]
    opens: Annotated[datetime | None, Public, Written, "A draft opens at this instant; null if somebody opens it."]
    closes: Annotated[datetime | None, Public, Written, "Nobody signs from then on; null if somebody closes it."]
    signers: Annotated[
        list[str],
        Public,
        Written,
        Example(["expert", "institution"]),
        "Who may sign: `expert` for people in a personal capacity, `institution` for and on behalf of organisations.",
    ]
    certificate: Annotated[bool, Public, Written, Default(True), "Whether supporters get a certificate."]
    published_figures: Annotated[
        Sequence[SupportFigures],
        Public,
        Written,
        "Figures that others have published. They are never mixed with the counted ones.",
    ]
    text_digests: Annotated[Mapping[str, str], Internal]
    search_key: Annotated[str, Internal]
