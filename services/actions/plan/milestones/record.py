"""A milestone of an action."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.records.record import (
    AnyJson,
    Example,
    Fixed,
    Granted,
    Internal,
    Parts,
    Prose,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Record):
    """A milestone, with its action's country and visibility. `claimants`: the account or client that claimed it."""

    resource_type = Resource("actions", "milestones", "milestone")

    visibility: Annotated[str, Public]
    action_id: Annotated[
        UUID, Public, Written, Fixed, Refers("/actions/v1/actions"), "The action that the milestone belongs to."
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The milestone's titles, by language."]
    due: Annotated[date, Public, Written, "The day on which the milestone is due."]
    first_due: Annotated[date, Public, "The day on which it was due at first."]
    due_reason: Annotated[str | None, Public, Written, Prose, "Why the day was moved."]
    weight: Annotated[float, Public, Written, Example(1), "The milestone's share among those of its action."]
    codes: Annotated[Sequence[Tag], Public, Written, "Codes of schemes, such as a target of the SDGs."]
    deliverable: Annotated[AnyJson | None, Public, Written, "What is delivered."]
    evidence_required: Annotated[
        AnyJson, Public, Written, "Which evidence a claim needs: a text, true for any, false for none."
    ]
    evidence: Annotated[
        Parts | None, Granted, Tracked, "The evidence that was claimed with; for grants that cover the milestone."
    ]
    claimed_by: Annotated[
        str | None,
        Granted,
        Tracked,
        Example("account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"),
        "Who claimed it, kind and id; for grants that cover the milestone.",
    ]
    claimed_on: Annotated[date | None, Public, Tracked, "The day on which it was claimed."]
    verified_on: Annotated[date | None, Public, Tracked, "The day on which it was verified."]
    claimants: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]
