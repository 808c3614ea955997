"""Writing terms: what their renewal asks of the centre. They are opened and ended by the steps of their centre."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.centres.designation.centres.designation import TERMS
from services.centres.designation.centres.record import Term
from services.centres.evaluation.evaluations import conditions
from services.centres.evaluation.evaluations.conditions import Condition
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import TransitionRequest


async def transition(uow: UnitOfWork, access: AccessScope, before: Term, requested: TransitionRequest) -> Term:
    """Records that a condition is met. Raises what `Lifecycle.advance` raises, and Invalid for a condition that is not
    open."""

    def effects(_target: str) -> Term:
        number, day = given(requested.fields, "number", int), given(requested.fields, "met_on", date)
        return replace(before, conditions=conditions.with_met(before.conditions, number, day, today()))

    return await TERMS.apply_transition(uow, before, requested, before.conditions, permitted(access, before), effects)


async def load_guard_context(
    _connect: Connect, _principal: Principal, record: Term, _fields: Fields
) -> Sequence[Condition]:
    """The conditions of the term."""
    return record.conditions
