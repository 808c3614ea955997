"""Actions and their milestones."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import AnyJson, Document, Granted, Internal, Parts, Public, Record, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Record):
    """An action, with its programme's country and visibility."""

    resource_type = Resource("actions", "actions", "action")

    visibility: Annotated[str, Public]
    programme_id: Annotated[UUID, Public, Written]
    pillar: Annotated[str, Public, Written]
    kind: Annotated[str, Public, Written]
    titles: Annotated[Texts, Public, Written]
    planned_start: Annotated[date | None, Public, Written]
    planned_end: Annotated[date | None, Public, Written]
    actual_start: Annotated[date | None, Public, Tracked]
    actual_end: Annotated[date | None, Public, Tracked]
    participants: Annotated[Parts, Public, Written]
    tags: Annotated[Parts, Public, Written]
    budget: Annotated[Document | None, Granted, Written]
    baseline: Annotated[Document | None, Public, Written]
    previous_status: Annotated[str | None, Internal]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Record):
    """A milestone, with its action's country and visibility. `claimants`: the account or client that claimed it."""

    resource_type = Resource("actions", "milestones", "milestone")

    visibility: Annotated[str, Public]
    action_id: Annotated[UUID, Public, Written]
    titles: Annotated[Texts, Public, Written]
    due: Annotated[date, Public, Written]
    first_due: Annotated[date, Public]
    due_reason: Annotated[str | None, Public, Written]
    weight: Annotated[float, Public, Written]
    deliverable: Annotated[Document | None, Public, Written]
    evidence_required: Annotated[AnyJson, Public, Written]
    evidence: Annotated[Parts | None, Granted, Tracked]
    claimed_by: Annotated[str | None, Granted, Tracked]
    claimed_on: Annotated[date | None, Public, Tracked]
    verified_on: Annotated[date | None, Public, Tracked]
    claimants: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]
