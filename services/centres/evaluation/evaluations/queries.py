"""Reading evaluations: for grants that cover the country, the evaluation or its centre. Whoever has a conflict of
interest does not read the evaluation."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Interval,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.centres.committees.seats.tables import seat
from services.centres.evaluation.evaluations import domain
from services.centres.evaluation.evaluations.domain import COMMITTEE, DIRECTOR, FORMER_HOST, HOST
from services.centres.evaluation.evaluations.record import Evaluation
from services.centres.evaluation.evaluations.summary import Given
from services.centres.evaluation.evaluations.tables import evaluation, score, term
from services.centres.reporting.annual_reports import domain as reports
from services.centres.reporting.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessKind, constant
from shared.records.filters import one_of, values
from shared.records.next_steps import ME, TODAY, NextStep, NextSteps
from shared.records.panels import conflict_of, is_recent
from shared.records.plain import by_grant, listing
from shared.records.rows import records_of

_e = evaluation.c
_KEY = bindparam("key", type_=Uuid)
_CENTRE = bindparam("centre", type_=Uuid)
_EXPERTS = any_(bindparam("experts", type_=ARRAY(Uuid)))
_MOST = 200
RESPONDING = frozenset(("centre_director",))
"""The role for which an evaluation waits after its completion."""
_mine = any_(func.string_to_array(bindparam("ctx_records", type_=Text), ",", type_=ARRAY(Text)))
_conflict = func.jsonb_array_elements(_e.conflicts).table_valued(column("value", JSONB)).alias("conflict")
_is_conflicted = (
    select(_conflict.c.value).where(_conflict.c.value["expert_id"].astext == _mine).correlate(evaluation).exists()
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The evaluations that the caller may know of: also those of the centres of their grants."""
    of_grants = (by_grant(evaluation, key, access_kind) for key in (_e.id, _e.centre_id))
    return select(evaluation).where(or_(*of_grants), ~_is_conflicted)


_member = func.jsonb_array_elements(_e.panel).table_valued(column("value", JSONB)).alias("member")
_member_id = cast(_member.c.value["expert_id"].astext, Uuid)
_has_scored = (
    select(score.c.expert_id)
    .where(score.c.evaluation_id == _e.id, score.c.expert_id == _member_id)
    .correlate(evaluation, _member)
    .exists()
)
_to_score = (
    select(views.EXPERTS.c.account_id)
    .select_from(_member.join(views.EXPERTS, views.EXPERTS.c.id == _member_id))
    .where(
        views.EXPERTS.c.account_id == ME,
        ~_has_scored,
        ~_e.conflicts.contains(
            func.jsonb_build_array(func.jsonb_build_object("expert_id", _member.c.value["expert_id"]))
        ),
    )
    .limit(1)
    .correlate(evaluation)
    .scalar_subquery()
)
"""The caller's account, if it belongs to a member of the panel who has not scored."""


def is_condition_overdue(conditions: Any) -> ColumnElement[bool]:
    """Whether one of the conditions in a column should have been met before today."""
    one = func.jsonb_array_elements(conditions).table_valued(column("value", JSONB)).alias("condition")
    is_open = one.c.value["met_on"].astext.is_(None)
    return (
        select(one.c.value)
        .where(is_open, cast(one.c.value["due"].astext, Date) < TODAY)
        .correlate(conditions.table)
        .exists()
    )


NEXT_STEPS = NextSteps(
    "centres.evaluations",
    evaluation,
    (
        NextStep("planned", "start"),
        NextStep("in_progress", "score", _to_score, is_personal=True),
        NextStep("in_progress", "complete"),
        NextStep(
            "completed",
            "respond",
            only=and_(_e.response.is_(None), _e.completed_on >= TODAY - domain.RESPONSE.days),
            among=RESPONDING,
        ),
        NextStep("completed", "meet_condition", only=is_condition_overdue(_e.conditions)),
    ),
    _e.centre_id,
)
LISTING = listing(
    Evaluation,
    evaluation,
    domain.LIFECYCLE.states,
    visible_to,
    values("kind", _e.kind, "Occasions, separated by commas", one_of(domain.KINDS)),
    NEXT_STEPS.holder,
)
_ONE = {
    name: Lookup(select(_e.id, _e.ref, _e.status, _e.conflicts).where(_e[name] == bindparam("key")).limit(1))
    for name in ("id", "ref")
}
_CENTRE_OF = Lookup(select(views.CENTRES).where(views.CENTRES.c.id == _CENTRE).limit(1))
_LIVING = Lookup(
    select(_e.id)
    .where(
        _e.centre_id == _CENTRE,
        _e.kind == constant(domain.RENEWAL),
        _e.status.in_([constant(status) for status in domain.OPEN]),
    )
    .limit(1)
)
_PLANNED = Lookup(
    select(evaluation)
    .where(_e.centre_id == _CENTRE, _e.status == constant("planned"))
    .order_by(_e.id)
    .limit(_MOST)
    .with_for_update()
)
_OWN = Lookup(
    select(views.EXPERTS.c.id)
    .where(
        views.EXPERTS.c.account_id == any_(bindparam("accounts", type_=ARRAY(Uuid))),
        views.EXPERTS.c.merged_into.is_(None),
    )
    .limit(_MOST)
)
_AFFILIATED = Lookup(
    select(views.AFFILIATIONS.c.expert_id, views.AFFILIATIONS.c.ends)
    .where(views.AFFILIATIONS.c.expert_id == _EXPERTS, views.AFFILIATIONS.c.institution_id == bindparam("host"))
    .limit(10_000)
)
_SEATED = Lookup(
    select(seat.c.expert_id)
    .where(
        seat.c.expert_id == _EXPERTS,
        seat.c.country == bindparam("country", type_=Text),
        seat.c.status == constant("appointed"),
        or_(seat.c.ends.is_(None), seat.c.ends >= func.left(bindparam("day", type_=Text), func.length(seat.c.ends))),
    )
    .limit(10_000)
)
_SCORES = Lookup(
    select(score.c.expert_id, score.c.scores, score.c.recommendation).where(score.c.evaluation_id == _KEY).limit(_MOST)
)

_r = annual_report.c
_of_term = _r.term_id == term.c.id


def _in(states: Collection[str]) -> ColumnElement[bool]:
    return _r.status.in_([constant(status) for status in states])


_since = cast(TODAY - cast(literal_column(f"'{domain.VALID_MONTHS} months'"), Interval), Date)
_renewal: dict[str, ColumnElement[Any]] = {
    "has_final_report": exists().where(_of_term, _r.kind == constant(reports.FINAL), _in(("submitted", "accepted"))),
    "has_evaluation": exists().where(_e.centre_id == _CENTRE, _e.completed_on >= _since),
    "are_reports_accepted": ~exists().where(
        _of_term, _r.kind == constant(reports.ANNUAL), _r.period_ends < TODAY, ~_in(("accepted", "waived"))
    ),
}
_RENEWAL = Lookup(
    select(*(one.label(name) for name, one in _renewal.items()))
    .where(term.c.centre_id == _CENTRE, term.c.status == constant("current"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class RenewalInputs:
    """What a renewal needs beside documents: a final report on the present term that was submitted, an evaluation that
    was completed within 18 months, and an accepted or waived report about each year of the term that has ended."""

    has_final_report: bool = False
    has_evaluation: bool = False
    are_reports_accepted: bool = True


@dataclass(frozen=True, slots=True)
class Stub:
    """What somebody with a conflict of interest may know of an evaluation."""

    id: UUID
    ref: str
    conflict: str


async def conflict_with(connection: Connection, principal: Principal, key: UUID | str) -> Stub | None:
    """The evaluation that is withheld from the caller for a conflict of interest; None if there is no such one."""
    row = await _ONE["id" if isinstance(key, UUID) else "ref"].fetchrow(connection, key=key)
    if row is None or not row["conflicts"]:
        return None
    experts = await experts_of(connection, principal)
    kind = next(filter(None, (conflict_of(row["conflicts"], one) for one in experts)), None)
    return Stub(row["id"], row["ref"], kind) if kind else None


async def experts_of(connection: Connection, principal: Principal) -> list[UUID]:
    """The records of the caller's account."""
    return [row["id"] for row in await _OWN.fetch(connection, accounts=list(principal.identities))]


async def centre_named(connection: Connection, key: UUID) -> Row | None:
    """The published columns of a centre, regardless of the caller."""
    return await _CENTRE_OF.fetchrow(connection, centre=key)


async def renewal_inputs(connection: Connection, centre: UUID) -> RenewalInputs:
    """What the renewal of a centre needs, regardless of the caller."""
    row = await _RENEWAL.fetchrow(connection, centre=centre, today=today())
    return RenewalInputs(**row) if row else RenewalInputs()


async def has_open_renewal(connection: Connection, centre: UUID) -> bool:
    """Whether an evaluation for the renewal of a centre is planned or in progress."""
    return await _LIVING.fetchrow(connection, centre=centre) is not None


async def lock_planned(connection: Connection, centre: UUID) -> list[Evaluation]:
    """The planned evaluations of a centre, locked, regardless of the caller; at most 200."""
    return records_of(Evaluation, await _PLANNED.fetch(connection, centre=centre))


async def relations(connection: Connection, centre: UUID, experts: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """The relations of experts to a centre that are conflicts of interest, by expert, regardless of the caller."""
    found, of = defaultdict[UUID, set[str]](set), await centre_named(connection, centre)
    if of is None or not experts:
        return found
    named, day = list(experts), today()
    rows = await _AFFILIATED.fetch(connection, experts=named, host=of["host_institution_id"])
    for row in rows:
        if is_recent(row["ends"], day):
            found[row["expert_id"]].add(HOST if domain.is_present(row["ends"], day) else FORMER_HOST)
    for row in await _SEATED.fetch(connection, experts=named, country=of["country"], day=day.isoformat()):
        found[row["expert_id"]].add(COMMITTEE)
    if of["director_id"] in named:
        found[of["director_id"]].add(DIRECTOR)
    return found


async def scores_of(connection: Connection, record: Evaluation) -> Mapping[UUID, Given]:
    """What the members of the panel without a conflict of interest have scored, by member, regardless of the caller."""
    members = domain.unconflicted(record)
    rows = await _SCORES.fetch(connection, key=record.id)
    return {
        row["expert_id"]: Given(row["scores"], row["recommendation"]) for row in rows if row["expert_id"] in members
    }
