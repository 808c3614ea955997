"""A request of a country for support."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Default,
    Document,
    Example,
    Fixed,
    Granted,
    Internal,
    Part,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Tracked,
    Visible,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRequest(Record):
    """What a country needs help with, and what became of it. A grant over one record names the request, or one of
    `expert_ids`: the experts with a living offer."""

    resource_type = Resource("actions", "support_requests", "support_request")
    also_scoped_by = ("expert_ids",)

    country: Annotated[str, Public, Written, Country, Fixed, "The country that asks, as an ISO 3166-1 alpha-2 code."]
    visibility: Annotated[
        str,
        Public,
        Written,
        Visible,
        Default("restricted"),
        "Who may know of the request once the secretariat has accepted it.",
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The request's titles, by language."]
    need: Annotated[Texts, Public, Written, "What is needed and why, by language."]
    kind: Annotated[str, Public, Written, Example("review"), "The kind of support."]
    fields: Annotated[list[str], Public, Written, Example(["1.5"]), "The fields of science that are asked for."]
    planetary_boundaries: Annotated[
        list[str], Public, Written, Example(["land-system-change"]), "The planetary boundaries that it is about."
    ]
    ecosystems: Annotated[
        list[str], Public, Written, Example(["wetlands-peatlands-mires-bogs"]), "The ecosystems that it is about."
    ]
    keywords: Annotated[list[str], Public, Written, Example(["peat"]), "What it is about, in free words."]
    languages: Annotated[list[str], Public, Written, Example(["en"]), "The languages to work in, as BCP 47 tags."]
    codes: Annotated[Sequence[Tag], Public, Written, "Codes of schemes, such as a target of the SDGs."]
    mode: Annotated[str, Public, Written, Example("remote"), "Whether the support is given remotely, on site, or both."]
    wanted_from: Annotated[date | None, Public, Written, "The first day on which the support is wanted."]
    wanted_to: Annotated[date | None, Public, Written, "The day by which the support is to be delivered."]
    days: Annotated[int | None, Public, Written, Example(5), "How many days of work are expected."]
    programme_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/programmes"), "The programme that it is for."
    ]
    action_id: Annotated[UUID | None, Public, Written, Refers("/actions/v1/actions"), "The action that it is for."]
    centre_id: Annotated[UUID | None, Public, Written, Refers("/centres/v1/centres"), "The centre that it is for."]
    documents: Annotated[
        Sequence[Document], Granted, Written, "Documents about the need; for grants that cover the request."
    ]
    expert_ids: Annotated[list[UUID], Internal]
    delivery_document: Annotated[
        Document | None, Granted, Tracked, "What was delivered; for grants that cover the request."
    ]
    rating: Annotated[
        int | None, Granted, Tracked, Example(4), "What the country gives the support, from 1 (worst) to 5 (best)."
    ]
    rating_text: Annotated[str | None, Granted, Tracked, "What the country says about the support."]
    clock_days: Annotated[Mapping[str, int] | None, Internal]
    """The days of each step, as they were set when the request was submitted."""
    clock_holder: Annotated[str | None, Granted, Part]
    clock_since: Annotated[datetime | None, Granted, Part]
    clock_target: Annotated[datetime | None, Granted, Part]
    overdue_at: Annotated[datetime | None, Internal]
    """When it was announced that the present target has passed."""
    search_key: Annotated[str, Internal]
