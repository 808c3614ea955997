"""What goes over HTTP for frameworks."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.frameworks import record
from services.actions.frameworks.domain import PILLARS
from services.actions.frameworks.tables import framework
from shared.records.plain import presenter
from shared.web.fields import Body, Clean, Day, RecordAnswer, Texts, Titles

Code = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,30}/\d{4}$"),
    Clean,
    Field(examples=["3+1/2026"]),
]


class Core(Body):
    """What every country has once."""

    titles: Titles


class Pillar(Body):
    """One of the three proactive actions."""

    key: Literal[PILLARS]  # type: ignore[valid-type]
    titles: Titles
    descriptions: Texts = {}
    order: Annotated[int, Field(ge=1, le=3)]


class FrameworkBody(Body):
    """A framework as it is written; its code stays."""

    core: Core
    pillars: Annotated[list[Pillar], Field(min_length=3, max_length=3)]
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


class Framework(RecordAnswer):
    """A framework; its country is always null."""

    code: str
    core: dict[str, Any]
    pillars: list[dict[str, Any]]
    valid_from: Day
    valid_to: Day | None


present = presenter(record.Framework, framework)
