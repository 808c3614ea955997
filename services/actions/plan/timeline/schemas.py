"""What goes over HTTP for the timeline."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.actions.plan.timeline.domain import is_overdue
from shared.database.statements import Row
from shared.kernel.countries import COUNTRIES
from shared.web.contract.fields import Day, LocalizedTexts, ResponseModel


class TimelineDays(ResponseModel):
    """The first and the last day; for a milestone both are the same."""

    start: Annotated[Day | None, "The first day, if there is one."]
    end: Annotated[Day | None, "The last day, if there is one."]


class TimelineItem(ResponseModel):
    """A programme, action or milestone."""

    kind: Annotated[Literal["programme", "action", "milestone"], "The kind of record."]
    id: Annotated[UUID, "The record's id."]
    parent_id: Annotated[UUID | None, "The programme of an action, the action of a milestone."]
    titles: Annotated[LocalizedTexts, "The record's titles by language; for a programme the names of its country."]
    planned: Annotated[TimelineDays, "The planned days, for a milestone the day on which it is due."]
    actual: Annotated[TimelineDays, "The days on which it started and ended, or the milestone was verified."]
    progress: Annotated[
        str | None,
        Field(examples=["0.25"]),
        "The weight of the milestones that are done, divided by the weight of those that are not dropped, as decimal"
        " text; null for a milestone, and without milestones. For a programme without cancelled actions.",
    ]
    status: Annotated[str, Field(examples=["in_progress"]), "The record's state."]
    overdue: Annotated[bool, "Whether the planned end has passed, and the record has not ended."]


class Timeline(ResponseModel):
    """Programmes, then actions, then milestones, each by their first day."""

    items: Annotated[list[TimelineItem], "The items, at most 5,000."]
    as_of: Annotated[Day, "The day by which items are overdue."]


def present(kind: str, row: Row, progress: Mapping[UUID, str], today: date) -> dict[str, Any]:
    """One item."""
    planned_end, actual_end = row["planned_end"], row["actual_end"]
    return {
        "kind": kind,
        "id": str(row["id"]),
        "parent_id": str(row["parent_id"]) if row["parent_id"] else None,
        "titles": dict(COUNTRIES[row["country"]].names) if kind == "programme" else row["titles"],
        "planned": {"start": row["planned_start"], "end": planned_end},
        "actual": {"start": row["actual_start"], "end": actual_end},
        "progress": progress.get(row["id"]),
        "status": row["status"],
        "overdue": is_overdue(planned_end, actual_end, today, is_over=row["is_over"]),
    }
