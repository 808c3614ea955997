"""What goes over HTTP for the stages of centres."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.centres.designation.centres.clock import days_between
from services.centres.designation.centres.domain import LIFECYCLE
from services.centres.designation.centres.schemas import Holder
from services.centres.designation.stages.domain import AHEAD, LEAST_FILES, Item, missing
from shared.audit import details
from shared.kernel.clock import now, to_text
from shared.web.contract.contract import STATES
from shared.web.contract.fields import LocalizedTexts, Prose, ResponseModel

_VERBS = tuple(dict.fromkeys(ahead.verb for ahead in AHEAD.values()))
_Reason = Annotated[str | None, Field(examples=["work_plan_missing"])]


class ChecklistItem(ResponseModel):
    """A condition of the next transition, or a required question of the application."""

    key: Annotated[str, Field(examples=["work_plan"]), "The name of the condition, or the key of the question."]
    titles: Annotated[LocalizedTexts, "What is needed, by language."]
    met: Annotated[bool, "Whether it is there."]
    link: Annotated[str, Field(examples=["/centres/v1/centres/0199"]), "Where it is written."]
    needed_for: Annotated[Literal[_VERBS], "The transition that needs it."]  # type: ignore[valid-type]
    reason: Annotated[_Reason, "For what the transition is refused without it; null if it is there."]


class Checklist(ResponseModel):
    """What a centre has and lacks for its next transition with conditions, as the transition itself checks them."""

    items: Annotated[list[ChecklistItem], "The conditions, in the order in which they are checked."]
    met: Annotated[int, Field(examples=[3]), "How many are there."]
    total: Annotated[int, Field(examples=[7]), "How many there are to be."]
    missing: Annotated[
        list[str], Field(examples=[["work_plan_missing"]]), "The reasons for a refusal, in their order, each once."
    ]


class PassedStage(ResponseModel):
    """What one holder has had of one state of a centre."""

    stage: Annotated[str, Field(examples=["submitted"], json_schema_extra={STATES: [*LIFECYCLE.states]}), "The state."]
    holder: Annotated[Holder | None, "Who had the file; null if it waited for nobody."]
    entered: Annotated[datetime, "When the state was entered, or the holder got the file."]
    left: Annotated[datetime | None, "When either ended; null for the present stage."]
    days: Annotated[int, Field(examples=[12]), "The days by the calendar in UTC, until today for the present stage."]
    target: Annotated[datetime | None, "When it should have ended; null where no day was set."]
    reason: Annotated[Prose | None, "The reason of the step that entered it."]


class StageDuration(ResponseModel):
    """How long files took for a stage."""

    stage: Annotated[str | None, Field(examples=["submitted"]), "The state, where it is counted by."] = None
    year: Annotated[int | None, Field(examples=[2027]), "When files left it, where it is counted by."] = None
    files: Annotated[int, Field(examples=[12]), "How many files left it."]
    median: Annotated[float | None, Field(examples=[21.5]), f"In days; null for fewer than {LEAST_FILES} files."]
    p90: Annotated[
        float | None, Field(examples=[48.0]), f"The 90th percentile in days; null for fewer than {LEAST_FILES} files."
    ]


def shown_checklist(items: Sequence[Item]) -> dict[str, Any]:
    """The response with a checklist."""
    met = sum(item.met for item in items)
    return {"items": [asdict(item) for item in items], "met": met, "total": len(items), "missing": missing(items)}


def shown_stage(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the audit entry of its step."""
    detail = details.read(row) if row["detail"] is not None else None
    entered, left, target = row["entered_at"], row["left_at"], row["target_at"]
    return {
        "stage": row["stage"],
        "holder": row["holder"],
        "entered": to_text(entered),
        "left": to_text(left) if left else None,
        "days": days_between(entered, left or now()),
        "target": to_text(target) if target else None,
        "reason": detail["reason"] if detail else None,
    }


def shown_duration(row: Mapping[str, Any], by: Sequence[str]) -> dict[str, Any]:
    """A row of the statistics. Few files have no durations, so that none of them discloses its own."""
    are_enough = row["files"] >= LEAST_FILES
    numbers = {name: row[name] if are_enough else None for name in ("median", "p90")}
    return {**{name: row[name] for name in by}, "files": row["files"], **numbers}
