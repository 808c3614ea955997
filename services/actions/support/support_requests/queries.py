"""Reading requests for support."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, bindparam, cast, false, not_, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.queries import tag_filters
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.support.support_requests import domain
from services.actions.support.support_requests.record import SupportRequest
from services.actions.support.support_requests.tables import support_request
from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.listing import one_of, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import listing
from shared.records.references import NAMED_CENTRES, Nameable
from shared.records.rows import records_of

_AT_ONCE = 500
_r = support_request.c
NEXT_STEPS = NextSteps(
    "actions.support_requests",
    support_request,
    (
        NextStep("draft", "submit", only=_r.clock_target.is_not(None)),
        NextStep("submitted", "accept"),
        NextStep("matching", "start", only=_r.clock_holder == constant(domain.SECRETARIAT)),
        NextStep("delivered", "confirm"),
    ),
)


def by_expert(access_kind: AccessKind) -> ColumnElement[bool]:
    """The requests in which an expert of the caller's grants takes part."""
    if access_kind is AccessKind.EVERYWHERE:
        return true()
    if access_kind is AccessKind.ANONYMOUS:
        return false()
    texts = ARRAY(Text)
    is_granted: ColumnElement[bool] = cast(_r.expert_ids, texts).overlap(bindparam("granted_records", type_=texts))
    return is_granted


def _visible(access_kind: AccessKind) -> Select[Any]:
    known = visible(support_request, access_kind, domain.PUBLISHED)
    return select(support_request).where(or_(known, by_expert(access_kind)))


LISTING = listing(
    SupportRequest,
    support_request,
    domain.LIFECYCLE.states,
    _visible,
    values("kind", _r.kind, "Kinds, separated by commas", one_of(domain.KINDS)),
    values("mode", _r.mode, "Modes, separated by commas", one_of(domain.MODES)),
    *tag_filters(_r.id, "codes"),
    NEXT_STEPS.holder,
)
_LATE = Statement(
    select(support_request)
    .where(
        _r.clock_target < bindparam("now", type_=Instant),
        _r.overdue_at.is_(None),
        _r.status != constant("draft"),
        not_(and_(_r.status == constant("matching"), _r.clock_holder == constant(domain.EXPERT))),
    )
    .order_by(_r.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
SUBJECTS: Mapping[str, Nameable] = {
    "programme_id": Nameable(Programme.resource_type, programme, programmes.PUBLISHED),
    "action_id": Nameable(Action.resource_type, action, actions.PUBLISHED),
    "centre_id": NAMED_CENTRES,
}
"""What a request may be for, by its field."""
_IN_COUNTRY = {
    field: Statement(select(of.c.id).where(of.c.id == bindparam("key"), of.c.country == bindparam("country")))
    for field, of in (("programme_id", programme), ("action_id", action), ("centre_id", views.CENTRES))
}


async def is_of_country(connection: Connection, field: str, key: UUID, country: str) -> bool:
    """Whether the record that a field of `SUBJECTS` names belongs to the country."""
    return await _IN_COUNTRY[field].fetchval(connection, key=key, country=country) is not None


async def lock_unannounced(connection: Connection, now: datetime) -> list[SupportRequest]:
    """Requests whose target has passed without a fact, locked; at most 500. A returned request is paused, and an offer
    without a response expires instead."""
    return records_of(SupportRequest, await _LATE.fetch(connection, now=now))
