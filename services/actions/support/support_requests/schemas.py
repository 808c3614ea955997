"""What goes over HTTP for requests for support."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.classification.schemes.schemas import Tag
from services.actions.support.support_requests import record
from services.actions.support.support_requests.domain import (
    COUNTRY,
    EXPERT,
    KINDS,
    LIFECYCLE,
    MODES,
    SECRETARIAT,
    is_paused,
    light_of,
)
from services.actions.support.support_requests.tables import support_request
from shared.kernel.clock import now, to_text
from shared.kernel.lights import LIGHTS
from shared.records.plain import presenter
from shared.records.rows import record_read
from shared.web.contract.contract import STATES
from shared.web.contract.expertise import ListOfBoundaries, ListOfEcosystems, ListOfFields
from shared.web.contract.fields import (
    Body,
    Day,
    JsonDocument,
    Keyword,
    LanguageTag,
    Prose,
    ResponseModel,
    Texts,
)
from shared.web.contract.schemas import RecordBody, RecordResponse


class SupportRequestBody(RecordBody, of=record.SupportRequest):
    """A request as it is written; its country stays. What is asked for decides which experts match."""

    need: Annotated[Texts, Field(min_length=1, examples=[{"en": "We want to map our peatlands."}])]
    kind: Literal[KINDS]  # type: ignore[valid-type]
    fields: ListOfFields = []
    planetary_boundaries: ListOfBoundaries = []
    ecosystems: ListOfEcosystems = []
    keywords: Annotated[list[Keyword], Field(max_length=50)] = []
    languages: Annotated[list[LanguageTag], Field(max_length=50)] = []
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    mode: Literal[MODES] = "remote"  # type: ignore[valid-type]
    wanted_from: Day | None = None
    wanted_to: Day | None = None
    days: Annotated[Annotated[int, Field(ge=1, le=365, strict=True)] | None, Field(examples=[5])] = None
    documents: Annotated[list[JsonDocument], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "SupportRequestBody":
        if self.wanted_from and self.wanted_to and self.wanted_to < self.wanted_from:
            raise PydanticCustomError("invalid_date", "Support is wanted to a day after its start.")
        return self


class SupportRequestCreate(SupportRequestBody, is_creation=True):
    """A new request of a country."""


class SupportRequestFields(Body):
    """What transitions take."""

    document: Annotated[JsonDocument | None, "For `deliver`: what was delivered."] = None
    rating: Annotated[
        Annotated[int, Field(ge=1, le=5, strict=True)] | None,
        Field(examples=[4]),
        "For `confirm`: the rating, from 1 (worst) to 5 (best).",
    ] = None
    text: Annotated[Prose | None, "For `confirm`: what the country says about the support."] = None


class SupportClock(ResponseModel):
    """Who has the request, since when, and until when."""

    holder: Annotated[
        Annotated[str, StringConstraints(max_length=20)],
        Field(examples=[SECRETARIAT], json_schema_extra={STATES: [COUNTRY, SECRETARIAT, EXPERT]}),
        "Who has it: the `country`, the `secretariat`, or the `expert` who is asked or at work.",
    ]
    since: Annotated[datetime, "Since when."]
    target: Annotated[datetime | None, "Until when; null without a date, and while the clock is paused."]
    light: Annotated[
        Annotated[str, StringConstraints(max_length=6)],
        Field(examples=["green"], json_schema_extra={STATES: [*LIGHTS]}),
        "Green until the target, yellow for 60 days, then red.",
    ]
    paused: Annotated[bool, "Whether the secretariat returned the request: its time does not run."]


class SupportRequest(RecordResponse, of=record.SupportRequest, lifecycle=LIFECYCLE):
    """A request as a caller sees it; the clock and the rating are for grants that cover it, and its experts."""

    codes: list[Tag]
    rating_text: Prose | None = None
    clock: Annotated[SupportClock | None, "Who has the request; null once it has ended."] = None


def _private(row: Mapping[str, Any]) -> dict[str, Any]:
    """What grants that cover the request see in addition."""
    found = record_read(record.SupportRequest, row)
    light = light_of(found, now())
    if light is None or found.clock_since is None:
        return {"clock": None}
    paused = is_paused(found)
    target = None if paused or found.clock_target is None else to_text(found.clock_target)
    clock = {"holder": found.clock_holder, "since": to_text(found.clock_since), "target": target}
    return {"clock": {**clock, "light": light, "paused": paused}}


present = presenter(record.SupportRequest, support_request, derive_private=_private)
