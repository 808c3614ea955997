"""What goes over HTTP for frameworks."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.plan.frameworks import record
from services.actions.plan.frameworks.domain import LIFECYCLE, PILLARS
from services.actions.plan.frameworks.tables import framework
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Day, OneLine, Texts, Titles
from shared.web.contract.schemas import RecordResponse

Code = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,30}/\d{4}$"),
    OneLine,
    Field(examples=["3+1/2026"]),
]


class Core(Body):
    """What every country has once."""

    titles: Annotated[Titles, "The titles of what every country has once, by language."]


class Pillar(Body):
    """One of the three proactive actions."""

    key: Annotated[Literal[PILLARS], "The name of the proactive action in the API."]  # type: ignore[valid-type]
    titles: Annotated[Titles, "The titles of the proactive action, by language."]
    descriptions: Annotated[Texts, "What it is for, by language."] = {}
    order: Annotated[int, Field(ge=1, le=3), Field(examples=[1]), "Its place among the three."]


_PILLARS = [{"key": key, "titles": {"en": f"Action {n}"}, "order": n} for n, key in enumerate(PILLARS, 1)]


class FrameworkBody(Body, of=record.Framework):
    """A framework as it is written; its code stays."""

    core: Core
    pillars: Annotated[list[Pillar], Field(min_length=3, max_length=3, examples=[_PILLARS])]
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "FrameworkBody":
        if {pillar.key for pillar in self.pillars} != set(PILLARS) or len({p.order for p in self.pillars}) != 3:
            raise PydanticCustomError("three_pillars", "A framework has each of the three actions once, in an order.")
        if self.valid_to and self.valid_to < self.valid_from:
            raise PydanticCustomError("invalid_date", "A framework ends after it begins.")
        return self


class FrameworkCreate(FrameworkBody):
    """A new framework."""

    code: Code


class Framework(RecordResponse, of=record.Framework, lifecycle=LIFECYCLE):
    """A framework; its country is always null."""

    core: Core
    pillars: list[Pillar]


present = presenter(record.Framework, framework)
