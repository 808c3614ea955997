"""A call for nominations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.panels import Criterion, PanelMember
from shared.records.record import (
    Country,
    Default,
    Document,
    Example,
    Granted,
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


class Deadlines(TypedDict):
    """The instants until which nominees submit and nominators confirm, as text."""

    nominee: str
    nominator: str


class Eligibility(TypedDict):
    """Who may be nominated. An empty list permits everybody; `documents` are kinds of documents that are required."""

    countries: list[str]
    regions: list[str]
    categories: list[str]
    fields: list[str]
    documents: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Record):
    """A call for nominations, of a country or of none."""

    resource_type = Resource("membership", "calls", "call")

    country: Annotated[
        str | None, Public, Written, Country, "The country of a national call; null for an international one."
    ]  # type: ignore[assignment]
    visibility: Annotated[str, Public, Written, Visible, Default("public"), "Who may know of the call once it is open."]
    code: Annotated[str, Public, Written, Searched, Example("FELLOWS-2027"), "The code of the call, which is unique."]
    kind: Annotated[str, Public, Written, "What people are nominated for."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles of the call, by language."]
    texts: Annotated[Texts, Public, Written, "The text of the call, by language."]
    opens: Annotated[datetime, Public, Written, "From when on nominees may submit."]
    nominee_deadline: Annotated[datetime, Public, Written, "Until when nominees submit."]
    nominator_deadline: Annotated[datetime, Public, Written, "Until when nominators confirm."]
    first_deadlines: Annotated[Deadlines | None, Public, "The deadlines before the first extension; null without one."]
    self_nomination: Annotated[bool, Public, Written, Default(False), "Whether people may nominate themselves."]
    nominator_kinds: Annotated[
        list[str],
        Public,
        Written,
        Example(["institution"]),
        "Kinds of nominators that may nominate; none means anybody.",
    ]
    eligibility: Annotated[Eligibility, Public, Written, "Who may be nominated; empty lists permit everybody."]
    criteria: Annotated[Sequence[Criterion], Public, Written, "What the panel scores, and how much it counts."]
    seats: Annotated[int, Public, Written, Example(3), "How many are selected at most."]
    targets: Annotated[
        Mapping[str, Mapping[str, float]], Public, Written, "The smallest share of the selection, by group."
    ]
    panel: Annotated[Sequence[PanelMember], Granted, Written, "The experts who score the nominations."]
    decision: Annotated[Document | None, Granted, Tracked, "The document of the decision."]
    published_at: Annotated[datetime | None, Public, "When the results were published; null before."]
    search_key: Annotated[str, Internal]
