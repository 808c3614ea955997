"""What goes over HTTP for tasks."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.coordination.tasks import domain, record
from services.actions.coordination.tasks.tables import task
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Line, Prose, ResponseModel
from shared.web.contract.schemas import RecordBody, RecordResponse
from shared.web.contract.values import row_values


class Owner(Body):
    """An account, or whoever holds a role in the country."""

    account_id: Annotated[UUID | None, "The account, which has a grant in the country."] = None
    role: Annotated[Literal[domain.ROLES] | None, "The role in the country."] = None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _is_somebody(self) -> "Owner":
        if (self.account_id is None) == (self.role is None):
            raise PydanticCustomError("account_or_role", "Give either account_id or role.")
        return self


class About(Body):
    """What a task follows from; `other` and `reported_error` need no id."""

    kind: Annotated[Literal[domain.ABOUT], "The kind of record."]  # type: ignore[valid-type]
    id: Annotated[UUID | None, "The id of the meeting, letter, report or milestone."] = None
    decision: Annotated[
        Line | None, Field(examples=["host"]), "The key of the meeting's decision that the task carries out."
    ] = None

    @model_validator(mode="after")
    def _names_a_record(self) -> "About":
        if self.id is None and self.kind not in domain.NAMELESS:
            raise PydanticCustomError("required", f"Only {' and '.join(domain.NAMELESS)} have no id.")
        if self.decision is not None and self.kind != "meeting":
            raise PydanticCustomError("invalid_value", "Only a meeting has decisions.")
        return self


class TaskBody(RecordBody, of=record.Task):
    """A task as it is written; its country and what it follows from stay, and its owner changes by `assign`."""

    priority: Literal[domain.PRIORITIES] = "normal"  # type: ignore[valid-type]


class TaskCreate(TaskBody, of=record.Task, is_creation=True):
    """A new task."""

    owner: Annotated[Owner | None, "Who is to do it; the secretariat assigns a task without an owner."] = None
    about: Annotated[About | None, "What the task follows from."] = None


class TaskFields(Body):
    """What `assign` takes."""

    owner: Annotated[Owner | None, "For `assign`: the new owner; without one, nobody owns the task."] = None


class ErrorReport(Body):
    """An error in a public record, as a reader sends it."""

    record: Annotated[
        str,
        StringConstraints(
            pattern=r"^/(membership/v1/(experts|institutions)|centres/v1/centres|actions/v1/countries)/"
            r"[A-Z0-9-]{1,40}$"
        ),
        Field(examples=["/membership/v1/institutions/INS-000123"]),
        "The record: its address in the API, with its ref, or the code of a country.",
    ]
    text: Annotated[Prose, Field(max_length=2_000), "What is wrong, and what is right."]
    language: Annotated[
        Literal[LANGUAGES] | None,  # type: ignore[valid-type]
        "The language of the text; by default that of `Accept-Language`.",
    ] = None


class ReportedError(ResponseModel):
    """A report that was taken."""

    ref: Annotated[str, Field(examples=["TSK-000123"]), "The ref of the task that the office has of it."]


class Task(RecordResponse, of=record.Task, lifecycle=domain.LIFECYCLE):
    """A task as a caller sees it. `overdue`: its day is over and nobody has completed it."""

    priority: Annotated[str, Field(examples=["normal"], json_schema_extra={STATES: [*domain.PRIORITIES]})]
    owner: Annotated[Owner | None, "Who is to do it; null for nobody."]
    about: Annotated[About | None, "What the task follows from."]
    overdue: Annotated[bool, "Whether its day is over and nobody has completed it."]


def columns(body: TaskBody) -> dict[str, Any]:
    """The columns that a body sets; the parts of `owner` and `about` have columns of their own."""
    found = row_values(body, task)
    if isinstance(body, TaskCreate):
        owner, about = found.pop("owner") or {}, found.pop("about") or {}
        found |= {"owner_id": owner.get("account_id"), "owner_role": owner.get("role")}
        found |= {"about_kind": about.get("kind"), "about_record": about.get("id")}
        found["about_decision"] = about.get("decision")
    return found


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    account, role, kind, key = (row[name] for name in ("owner_id", "owner_role", "about_kind", "about_record"))
    owner = {"account_id": account and str(account), "role": role} if account or role else None
    about = {"kind": kind, "id": key and str(key), "decision": row["about_decision"]} if kind else None
    return {"owner": owner, "about": about, "overdue": domain.is_overdue(row["status"], row["due"], today())}


present = presenter(record.Task, task, derive=_derived)
