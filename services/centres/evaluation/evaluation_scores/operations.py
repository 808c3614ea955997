"""Writing scores: by members of the panel, each once, and without a conflict of interest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.centres.evaluation.evaluation_scores import queries
from services.centres.evaluation.evaluation_scores.record import EvaluationScore
from services.centres.evaluation.evaluation_scores.tables import evaluation_score
from services.centres.evaluation.evaluations.domain import OPEN
from services.centres.evaluation.evaluations.operations import EVALUATIONS, lock_for, state_conflict
from services.centres.evaluation.evaluations.queries import experts_of
from services.centres.evaluation.evaluations.record import Evaluation
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field, pointer_to
from shared.kernel.lifecycle import Lifecycle
from shared.records.access_scope import AccessScope
from shared.records.panels import office_of
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

SCORES: ResourceType[EvaluationScore, None] = ResourceType.of(
    EvaluationScore, evaluation_score, Lifecycle(("recorded",), ())
)
_SCORED = ("in_progress",)


async def create(uow: UnitOfWork, access: AccessScope, of: Evaluation, new: EvaluationScore) -> EvaluationScore:
    """Inserts the score of the caller. `access` is the access scope for scores. A conflict of interest may be stated
    before the evaluation starts, and needs no scores.

    Raises Forbidden for somebody who is not in the panel, CommittedConflict for a conflict of interest, Conflict for a
    second score and if the evaluation is not in progress, Invalid for criteria that are missing or unknown.
    """
    require(access, "create", of.country, of.id)
    expert = await _member(uow, access, of)
    present = await lock_for(uow, of.id, expert)
    _require_state(present, OPEN if new.conflict_of_interest else _SCORED)
    if await queries.is_scored(uow.connection, of.id, expert):
        raise Conflict("You have scored in this evaluation.", code="conflict")
    _check(present, new)
    placed = replace(
        new,
        evaluation_id=of.id,
        expert_id=expert,
        country=of.country,
        visibility="restricted",
        status="recorded",
    )
    entered = await SCORES.insert(uow, placed)
    if entered.conflict_of_interest:
        await state_conflict(uow, present, expert)
    return entered


async def lock(uow: UnitOfWork, access: AccessScope, of: Evaluation, key: UUID, version: int) -> EvaluationScore:
    """The caller's score at this version, locked with its evaluation. Raises as `create` does."""
    require(access, "update", of.country, of.id)
    expert = await _member(uow, access, of)
    present = await lock_for(uow, of.id, expert)
    _require_state(present, _SCORED)
    before = await SCORES.lock(uow, key, version)
    if before.expert_id != expert:
        raise Forbidden("Only its author changes a score.", members={"reason": "not_in_panel"})
    return before


async def update(uow: UnitOfWork, before: EvaluationScore, wanted: EvaluationScore) -> EvaluationScore:
    """Updates a locked score. Raises Invalid for criteria that are missing or unknown."""
    of = await EVALUATIONS.lock(uow, before.evaluation_id)
    _check(of, wanted)
    after = await SCORES.update(uow, before, wanted)
    if after.conflict_of_interest:
        await state_conflict(uow, of, after.expert_id)
    return after


async def _member(uow: UnitOfWork, access: AccessScope, of: Evaluation) -> UUID:
    """The caller's record. Raises Forbidden for somebody who is not in the panel."""
    own: Sequence[UUID] = ()
    if access.principal.account_id is not None:
        own = await experts_of(uow.connection, access.principal)
    for expert in own:
        if office_of(of.panel, expert) is not None:
            return expert
    raise Forbidden("Members of the panel score.", members={"reason": "not_in_panel"})


def _require_state(of: Evaluation, states: Collection[str]) -> None:
    if of.status not in states:
        raise Conflict(
            "The evaluation is not in progress.",
            code="transition_not_allowed",
            members={"current_state": of.status, "reason": "evaluation_not_in_progress"},
        )


def _check(of: Evaluation, wanted: EvaluationScore) -> None:
    """Raises Invalid unless there is a score for each criterion, and no other; with a conflict of interest there may be
    none."""
    given: Mapping[str, int] = wanted.scores
    keys = {criterion["key"] for criterion in of.criteria}
    for key in given.keys() - keys:
        raise invalid_field(pointer_to("scores", key), "unknown_field", "The evaluation has no such criterion.")
    if wanted.conflict_of_interest and not given:
        return
    if missing := sorted(keys - given.keys()):
        faults = [FieldError("required", "Required.", pointer=pointer_to("scores", key)) for key in missing]
        raise Invalid(errors=faults)
