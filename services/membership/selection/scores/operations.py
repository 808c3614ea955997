"""Writing scores: by members of the panel without a conflict of interest, each once."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.membership.register.experts.owners import record_of_account
from services.membership.selection.calls.queries import call_of
from services.membership.selection.calls.record import Call
from services.membership.selection.conflicts.operations import find_conflicts
from services.membership.selection.nominations.operations import NOMINATIONS
from services.membership.selection.nominations.record import Nomination
from services.membership.selection.scores import queries
from services.membership.selection.scores.record import Score
from services.membership.selection.scores.tables import score
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import (
    CommittedConflict,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    invalid_field,
    pointer_to,
)
from shared.kernel.lifecycle import Lifecycle
from shared.records.access_scope import AccessScope
from shared.records.panels import conflict_of, office_of
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

SCORES: ResourceType[Score, None] = ResourceType.of(Score, score, Lifecycle(("recorded",), ()))


async def create(uow: UnitOfWork, access: AccessScope, of: Nomination, new: Score) -> Score:
    """Inserts the score of the caller. `access` is the access scope for scores.

    Raises Forbidden for somebody who is not in the panel, CommittedConflict for a conflict of interest, Conflict for a
    second score and if the call is not being assessed, Invalid for criteria that are missing or unknown.
    """
    require(access, "create", of.country, of.call_id)
    expert, call = await _member(uow, access, of)
    await _require_scorable(uow, call, of, expert)
    if await queries.is_scored(uow.connection, of.id, expert):
        raise Conflict("You have scored this nomination.", code="conflict")
    _check(call, new.scores)
    placed = replace(
        new,
        nomination_id=of.id,
        call_id=of.call_id,
        expert_id=expert,
        country=of.country,
        visibility="restricted",
        status="recorded",
    )
    return await SCORES.insert(uow, placed)


async def lock(uow: UnitOfWork, access: AccessScope, of: Nomination, key: UUID, version: int) -> Score:
    """The caller's score at this version, locked. Raises as `create` does."""
    require(access, "update", of.country, of.call_id)
    expert, call = await _member(uow, access, of)
    await _require_scorable(uow, call, of, expert)
    before = await SCORES.lock(uow, key, version)
    if before.expert_id != expert:
        raise Forbidden("Only its author changes a score.", members={"reason": "not_in_panel"})
    return before


async def update(uow: UnitOfWork, before: Score, wanted: Score) -> Score:
    """Updates a locked score. Raises Invalid for criteria that are missing or unknown."""
    call = await call_of(uow.connection, before.call_id)
    if call is None:
        raise NotFound
    _check(call, wanted.scores)
    return await SCORES.update(uow, before, wanted)


async def _member(uow: UnitOfWork, access: AccessScope, of: Nomination) -> tuple[UUID, Call]:
    """The caller's record and the call. Raises Forbidden for somebody who is not in the panel."""
    account = access.principal.account_id
    expert = await record_of_account(uow.connection, account) if account else None
    call = await call_of(uow.connection, of.call_id)
    if expert is None or call is None or office_of(call.panel, expert) is None:
        raise Forbidden("Members of the panel score nominations.", members={"reason": "not_in_panel"})
    return expert, call


async def _require_scorable(uow: UnitOfWork, call: Call, of: Nomination, expert: UUID) -> None:
    await find_conflicts(uow, call.id, of.id)
    present = await NOMINATIONS.lock(uow, of.id)
    if conflict_of(present.conflicts, expert) is not None:
        raise CommittedConflict(
            "You have a conflict of interest.", code="transition_not_allowed", members={"reason": "conflicted"}
        )
    if call.status != "assessing" or present.status != "nominated":
        raise Conflict(
            "The call is not being assessed.",
            code="transition_not_allowed",
            members={"current_state": call.status, "reason": "call_not_assessing"},
        )


def _check(call: Call, scores: Mapping[str, int]) -> None:
    """Raises Invalid unless there is a score for each criterion of the call, and no other."""
    keys = {criterion["key"] for criterion in call.criteria}
    for key in scores.keys() - keys:
        raise invalid_field(pointer_to("scores", key), "unknown_field", "The call has no such criterion.")
    if missing := sorted(keys - scores.keys()):
        faults = [FieldError("required", "Required.", pointer=pointer_to("scores", key)) for key in missing]
        raise Invalid(errors=faults)
