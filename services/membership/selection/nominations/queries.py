"""Reading nominations: for the nominee, for grants that cover the country, and for the panel of the call. Whoever has a
conflict of interest about a nomination does not read it, unless it is their own. Until the results are published, the
nominee reads the state before the decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.membership.register.experts.tables import expert
from services.membership.selection.calls.tables import call
from services.membership.selection.nominations.domain import DECIDED, DECIDING, ENDED, LIFECYCLE, TO_PANEL
from services.membership.selection.nominations.record import Nomination
from services.membership.selection.nominations.tables import nomination, score
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.listing import Item, one_of, values
from shared.records.next_steps import ME, NextStep, NextSteps
from shared.records.panels import CHAIR, Conflict, conflict_of
from shared.records.plain import listing
from shared.records.rows import records_of

_AT_ONCE = 200
_MOST_SCORES = 25
_mine = func.string_to_array(bindparam("ctx_records", type_=Text), ",", type_=ARRAY(Text))
_MINE = any_(_mine)
_conflict = func.jsonb_array_elements(nomination.c.conflicts).table_valued(column("value", JSONB)).alias("conflict")
is_conflicted = (
    select(_conflict.c.value).where(_conflict.c.value["expert_id"].astext == _MINE).correlate(nomination).exists()
)
"""Whether the caller has a conflict of interest about the nomination. Parameter: `ctx_records`, of every read."""
is_own = cast(nomination.c.expert_id, Text) == _MINE
"""Whether the caller is the nominee. Parameter: `ctx_records`."""
_withheld = views.withheld_from(_mine)
_is_withheld = and_(
    is_own,
    nomination.c.status.in_([constant(status) for status in DECIDED]),
    nomination.c.id.in_(select(_withheld.c.id).where(_withheld.c.is_decision)),
)
_shown_status = case((_is_withheld, constant("nominated")), else_=nomination.c.status).label("status")
_is_to_panel = nomination.c.status.in_([constant(status) for status in TO_PANEL])


def known(access_kind: AccessKind) -> ColumnElement[bool]:
    """The condition that the caller may know of a nomination."""
    is_clear = or_(is_own, ~is_conflicted)
    if access_kind is AccessKind.EVERYWHERE:
        return is_clear
    if access_kind is AccessKind.ANONYMOUS:
        return false()
    records = any_(bindparam("granted_records", type_=ARRAY(Text)))
    return and_(
        is_clear,
        or_(
            nomination.c.country == any_(bindparam("granted_countries", type_=ARRAY(Text))),
            cast(nomination.c.expert_id, Text) == records,
            cast(nomination.c.id, Text) == records,
            and_(cast(nomination.c.call_id, Text) == records, _is_to_panel),
        ),
    )


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The nominations that the caller may know of."""
    return select(nomination).where(known(access_kind))


_seat = func.jsonb_array_elements(call.c.panel).table_valued(column("value", JSONB)).alias("seat")
_member_id = cast(_seat.c.value["expert_id"].astext, Uuid)
_member = select(views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == _member_id)
_has_scored = (
    exists()
    .where(score.c.nomination_id == nomination.c.id, score.c.expert_id == _member_id)
    .correlate(nomination, _seat)
)
_is_clear = ~nomination.c.conflicts.contains(
    func.jsonb_build_array(func.jsonb_build_object("expert_id", _seat.c.value["expert_id"]))
)
_to_score = (
    select(_member.correlate(_seat).scalar_subquery())
    .select_from(call.join(_seat, true()))
    .where(
        call.c.id == nomination.c.call_id,
        call.c.status == constant("assessing"),
        _member.correlate(_seat).scalar_subquery() == any_(bindparam("pending_for", type_=ARRAY(Uuid))),
        ~_has_scored,
        _is_clear,
    )
    .limit(1)
    .correlate(nomination)
    .scalar_subquery()
)
"""The caller's account, if it belongs to a member of the panel who has not scored the nomination."""
_chair = (
    select(views.EXPERTS.c.account_id)
    .select_from(call.join(_seat, true()).join(views.EXPERTS, views.EXPERTS.c.id == _member_id))
    .where(
        call.c.id == nomination.c.call_id,
        _seat.c.value["office"].astext == constant(CHAIR),
        views.EXPERTS.c.account_id.is_not(None),
        _member_id != nomination.c.expert_id,
        _is_clear,
    )
    .limit(1)
    .correlate(nomination)
    .scalar_subquery()
)
_held = views.GRANTS.c
_administrator = (
    select(_held.principal_id)
    .where(
        _held.principal_kind == constant("account"),
        _held.principal_id == ME,
        _held.scope_kind == constant("global"),
        _held.role == constant("secretariat_admin"),
    )
    .limit(1)
    .scalar_subquery()
)
_decider = func.coalesce(_chair, _administrator)
"""The account of the chair; without a chair who may decide, the caller's account, if it is an administrator's."""
_decision_due = func.escm.member_decision_due(nomination.c.id, type_=Text)
"""The decision that may be made about a nomination now, by scores too that the caller may not read."""
_is_appealed = and_(nomination.c.appeal.is_not(None), nomination.c.appeal["replied_at"].astext.is_(None))
NEXT_STEPS = NextSteps(
    "membership.nominations",
    nomination,
    (
        NextStep("nominated", "score", _to_score, is_personal=True),
        *(
            NextStep("nominated", verb, _decider, is_personal=True, only=and_(_decision_due == constant(verb), ~is_own))
            for verb in sorted(DECIDING)
        ),
        NextStep("not_selected", "answer_appeal", only=_is_appealed),
    ),
)
_listing = listing(
    Nomination,
    nomination,
    LIFECYCLE.states,
    visible_to,
    values("status", _shown_status.element, "States, separated by commas", one_of(LIFECYCLE.states)),
    NEXT_STEPS.holder,
)
LISTING = replace(
    _listing,
    columns={**_listing.columns, "status": _shown_status},
    item=Item(
        columns={
            "is_own": is_own.label("is_own"),
            "is_decision_withheld": _is_withheld.label("is_decision_withheld"),
        }
    ),
)
_ONE = {
    name: Lookup(
        select(nomination.c.id, nomination.c.ref, nomination.c.call_id, nomination.c.status, nomination.c.conflicts)
        .where(nomination.c[name] == bindparam("key"))
        .limit(1)
    )
    for name in ("id", "ref")
}
_OF_ACCOUNTS = Lookup(
    select(expert.c.id)
    .where(expert.c.account_id == any_(bindparam("accounts", type_=ARRAY(Uuid))), expert.c.merged_into.is_(None))
    .limit(_MOST_SCORES)
)
_LIVING = Lookup(
    select(nomination.c.id)
    .where(
        nomination.c.call_id == bindparam("call"),
        nomination.c.expert_id == bindparam("expert"),
        nomination.c.status.not_in([constant(status) for status in ENDED]),
    )
    .limit(1)
)
_NOMINEE = Lookup(
    select(
        expert.c.id,
        expert.c.country,
        expert.c.category,
        expert.c.fields,
        expert.c.display_name,
        expert.c.languages,
        expert.c.email_keys,
        expert.c.account_id,
        expert.c.restricted_at,
        views.ACCOUNTS.c.email_key,
        views.ACCOUNTS.c.language,
    )
    .select_from(expert.outerjoin(views.ACCOUNTS, views.ACCOUNTS.c.id == expert.c.account_id))
    .where(expert.c.id == bindparam("expert"))
    .limit(1)
)
_SCORERS = Lookup(select(score.c.expert_id).where(score.c.nomination_id == bindparam("nomination")).limit(1_000))
_SELECTED = Lookup(
    select(func.count())
    .select_from(nomination)
    .where(nomination.c.call_id == bindparam("call"), nomination.c.status == constant("selected"))
    .limit(1)
)
_deadline = func.greatest(call.c.nominator_deadline, nomination.c.extended_until)
_OVER = Statement(
    select(nomination)
    .select_from(nomination.join(call, call.c.id == nomination.c.call_id))
    .where(
        nomination.c.status.in_([constant(status) for status in ("draft", "awaiting_nominator")]),
        or_(
            _deadline < bindparam("at", type_=Instant),
            call.c.status.not_in([constant(status) for status in ("draft", "open", "assessing")]),
        ),
    )
    .order_by(nomination.c.id)
    .limit(_AT_ONCE)
    .with_for_update(of=nomination, skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Stub:
    """What somebody with a conflict of interest may know of a nomination."""

    id: UUID
    ref: str
    conflict: str


async def conflict_with(connection: Connection, access: AccessScope, key: UUID | str) -> Stub | None:
    """The nomination that is withheld from the caller for a conflict of interest; None if there is no such one."""
    row = await _ONE["id" if isinstance(key, UUID) else "ref"].fetchrow(connection, key=key)
    if row is None or row["status"] not in TO_PANEL:
        return None
    experts = await experts_of(connection, access)
    kind = next(filter(None, (conflict_of(row["conflicts"], one) for one in experts)), None)
    return Stub(row["id"], row["ref"], kind) if kind else None


async def experts_of(connection: Connection, access: AccessScope) -> list[UUID]:
    """The records of the caller's account."""
    rows = await _OF_ACCOUNTS.fetch(connection, accounts=list(access.principal.identities))
    return [row["id"] for row in rows]


async def is_nominated(connection: Connection, call_id: UUID, expert_id: UUID) -> bool:
    """Whether an expert has a nomination to a call that has not ended."""
    return await _LIVING.fetchval(connection, call=call_id, expert=expert_id) is not None


async def nominee_of(connection: Connection, expert_id: UUID) -> Row | None:
    """The expert of a nomination, with the account's address."""
    return await _NOMINEE.fetchrow(connection, expert=expert_id)


async def scorers(connection: Connection, key: UUID, conflicts: Sequence[Conflict]) -> int:
    """How many members of the panel without a conflict of interest have scored a nomination."""
    rows = await _SCORERS.fetch(connection, nomination=key)
    return sum(conflict_of(conflicts, row["expert_id"]) is None for row in rows)


async def selected(connection: Connection, call_id: UUID) -> int:
    """How many are selected in a call."""
    found: int = await _SELECTED.fetchval(connection, call=call_id)
    return found


async def lock_over(connection: Connection, at: datetime) -> list[Nomination]:
    """Up to 200 nominations whose deadline has passed before they were confirmed, locked."""
    return records_of(Nomination, await _OVER.fetch(connection, at=at))
