"""The stage of a country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict
from uuid import UUID


class StageFact(TypedDict):
    """One of the seven facts: the day of the decision as YYYY-MM-DD, and the address of the record that bears it out;
    both are null while it is not met."""

    key: str
    met: bool
    date: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class CountryStage:
    """The seven facts of a country in order, and the rung that they lead to."""

    country: str
    id: UUID
    version: int
    stage: int
    facts: Sequence[StageFact]


class OwedReport(NamedTuple):
    """A report that a programme owes about a period. `light` is None once it was submitted, `on_time` before. `report`
    and `ref` are None for whom it is not published."""

    programme: UUID
    period: str
    due_on: date
    light: str | None
    on_time: bool | None
    report: UUID | None
    ref: str | None
