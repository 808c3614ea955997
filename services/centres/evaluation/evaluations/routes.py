"""Evaluations over HTTP: the routes of every record. Whoever has a conflict of interest knows that there is one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.centres.access import ROLES
from services.centres.evaluation.evaluations import operations, queries, record
from services.centres.evaluation.evaluations.domain import EvaluationGuardContext
from services.centres.evaluation.evaluations.guards import with_own_record
from services.centres.evaluation.evaluations.queries import LISTING
from services.centres.evaluation.evaluations.schemas import (
    Evaluation,
    EvaluationBody,
    EvaluationFields,
    present,
    shown_summary,
)
from services.centres.evaluation.evaluations.summary import summary
from shared.database.statements import Row
from shared.kernel.errors import Conflict
from shared.kernel.principal import ScopeKey
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.panels import CHAIR, office_of
from shared.records.rows import record_read
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.records.withheld import Withheld
from shared.web.request.request_context import RequestContext


class EvaluationApi(RecordApi[record.Evaluation, EvaluationGuardContext]):
    """A grant over the centre permits steps, and does not show the panel, even in the response to a step."""

    def scope_of(self, row: Mapping[str, Any]) -> ScopeKey:
        return row["id"], row["centre_id"]

    async def item(self, row: Row, ctx: RequestContext, _access: AccessScope | None = None) -> dict[str, Any]:
        return await super().item(row, ctx)


async def _withheld(ctx: RequestContext, key: UUID | str) -> Withheld | None:
    """What somebody with a conflict of interest gets."""
    async with ctx.connection() as connection:
        stub = await queries.conflict_with(connection, ctx.principal, key)
    if stub is None:
        return None
    refusal = Conflict(
        "You have a conflict of interest.", code="transition_not_allowed", members={"reason": "conflicted"}
    )
    return Withheld({"id": str(stub.id), "ref": stub.ref, "conflict": stub.conflict}, refusal)


async def _summary(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    """The means of the scores, for those who read them now."""
    of = record_read(record.Evaluation, row)
    if of.status not in ("in_progress", "completed") or not access.sees_all_fields(of.country, of.id):
        return shown_summary(None)
    async with ctx.connection() as connection:
        if of.status != "completed" and access.access_kind is not AccessKind.EVERYWHERE:
            own = await queries.experts_of(connection, ctx.principal)
            if not any(office_of(of.panel, one) == CHAIR for one in own):
                return shown_summary(None)
        given = await queries.scores_of(connection, of)
    return shown_summary(summary(of.criteria, list(given.values())))


EVALUATION_API = EvaluationApi(
    kind=operations.EVALUATIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=Evaluation,
    present=present,
    bodies=Bodies(EvaluationBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        may=operations.may_take,
        fields=EvaluationFields,
    ),
    items=Items(members=_summary, withheld=_withheld),
    dependency=with_own_record,
)
router = record_routes(EVALUATION_API)
