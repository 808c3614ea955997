"""Roles that follow from an office: a seat, a focal point, the direction of a centre, an accepted invitation to review
a centre, a place in the panel of a call or of an evaluation, a delegation, one's own record in the register of
experts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.authority.grants.operations import end_delegated, revoke
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from services.access.authority.offices.causes import Trail
from services.access.authority.offices.granting import Office, update_grants
from shared.contracts import views
from shared.contracts.envelope import Fact
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.partial_date import earliest, latest
from shared.kernel.principal import SYSTEM
from shared.records.access_scope import constant
from shared.records.rows import record_of

ROLE_OF_OFFICE: Mapping[str, str] = {"president": "committee_president", "secretary": "committee_secretary"}
_SEATED = frozenset(("appointed",))
IN_OFFICE = frozenset(("active", "handing_over"))

_DIRECTED = frozenset(("active", "renewal_due", "renewal_review", "suspended", "expired", "closed"))
_DIRECTION = Trail(_DIRECTED, frozenset(("director_id",)), waits_in="pending_change")
_DELEGATED = Trail(frozenset(("active",)), frozenset(("account_id",)))
_LINGERS = timedelta(days=90)
"""How long a director has the role after the end of the centre's last term, and after its closure."""

_REVIEWING = frozenset(("accepted", "completed"))
_INVITED = _REVIEWING | {"invited"}

_TO_PANEL = frozenset(("open", "assessing", "decided", "published"))
"""The states of a call in which its panel has its role."""
_PANEL = "panel"
_EVALUATING = frozenset(("planned", "in_progress", "completed"))
"""The states of an evaluation in which its panel has its role."""
_EVALUATION = "evaluation"

_expert = views.EXPERTS
_offices = (views.SEATS, views.REVIEWERS, views.PANELS, views.EVALUATION_PANELS)
_KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
_EXPERTS = Statement(select(*_expert.c).where(_expert.c.id == _KEYS))
_SEATS, _REVIEWERS, _PANELS, _EVALUATORS = (
    Statement(
        select(*office.c, _expert.c.account_id)
        .select_from(office.outerjoin(_expert, _expert.c.id == office.c.expert_id))
        .where(office.c.id == _KEYS)
    )
    for office in _offices
)
_SEATS_OF, _REVIEWERS_OF, _PANELS_OF, _EVALUATORS_OF, _FOCAL_POINTS_OF = (
    Statement(select(office.c.id).where(office.c.expert_id == _KEYS)) for office in (*_offices, views.FOCAL_POINTS)
)
_point, _leaver = views.FOCAL_POINTS, views.FOCAL_POINTS.alias("leaver")
_of_leaver = _expert.alias("of_leaver")
_is_left = _leaver.c.status.in_([constant(status) for status in ("handing_over", "ended")])
_FOCAL_POINTS = Statement(
    select(
        *(column for column in _point.c if column.key != "account_id"),
        func.coalesce(_expert.c.account_id, _point.c.account_id).label("account_id"),
        func.coalesce(_of_leaver.c.account_id, _leaver.c.account_id).label("leaver_id"),
    )
    .select_from(
        _point.outerjoin(_expert, _expert.c.id == _point.c.expert_id)
        .outerjoin(
            _leaver, and_(_leaver.c.id == _point.c.predecessor_id, _leaver.c.country == _point.c.country, _is_left)
        )
        .outerjoin(_of_leaver, _of_leaver.c.id == _leaver.c.expert_id)
    )
    .where(_point.c.id == _KEYS)
)
_centre = views.CENTRES
_CENTRES = Statement(
    select(*_centre.c, _expert.c.account_id)
    .select_from(_centre.outerjoin(_expert, _expert.c.id == _centre.c.director_id))
    .where(_centre.c.id == _KEYS)
)
_DELEGATIONS = Statement(select(*views.DELEGATIONS.c).where(views.DELEGATIONS.c.id == _KEYS))
_CENTRES_OF = Statement(select(_centre.c.id).where(_centre.c.director_id == _KEYS))
_IN_PANEL = Statement(select(views.PANELS.c.id).where(views.PANELS.c.call_id == _KEYS))
_EVALUATE = Statement(select(views.EVALUATION_PANELS.c.id).where(views.EVALUATION_PANELS.c.evaluation_id == _KEYS))
_WERE_IN_PANEL = Statement(
    select(grant.c.reason).where(
        grant.c.scope_id == any_(bindparam("records", type_=ARRAY(Text))),
        grant.c.role == "reviewer",
        grant.c.created_by == SYSTEM.label,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
)
_other, _of_other = views.FOCAL_POINTS.alias("other"), _expert.alias("of_other")
_has_other_office = (
    select(_other.c.id)
    .select_from(_other.outerjoin(_of_other, _of_other.c.id == _other.c.expert_id))
    .where(
        _other.c.country == _point.c.country,
        _other.c.status.in_([constant(status) for status in sorted(IN_OFFICE)]),
        func.coalesce(_of_other.c.account_id, _other.c.account_id) == grant.c.principal_id,
    )
    .exists()
)
_GRANTED_BESIDES = Statement(
    select(grant)
    .select_from(_point.outerjoin(_expert, _expert.c.id == _point.c.expert_id).join(grant, true()))
    .where(
        _point.c.id == _KEYS,
        _point.c.status == "ended",
        grant.c.principal_kind == "account",
        grant.c.principal_id == func.coalesce(_expert.c.account_id, _point.c.account_id),
        grant.c.role == "government_focal_point",
        grant.c.scope_kind == "country",
        grant.c.scope_id == _point.c.country,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
        ~_has_other_office,
    )
    .order_by(grant.c.id)
    .with_for_update(of=grant)
)
"""The roles of focal points over a country that persons still hold when their last office there has ended."""


async def follow_seats(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """President and secretary of a committee have their role in its country for the time of their seat."""
    await _follow_seats(uow, _subjects(facts))


async def _follow_seats(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(seat: Row) -> Office | None:
        if not seat["account_id"] or seat["status"] != "appointed" or seat["office"] not in ROLE_OF_OFFICE:
            return None
        return Office(
            seat["account_id"],
            ROLE_OF_OFFICE[seat["office"]],
            "country",
            seat["country"],
            _not_before_today(seat["starts"] and earliest(seat["starts"])),
            seat["ends"] and latest(seat["ends"]),
            seat["expert_id"],
        )

    trail = Trail(_SEATED, frozenset(("expert_id", "office")))
    await update_grants(uow, "seat", keys, _SEATS, office, trail)


async def follow_focal_points(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """A focal point has the role of the government from acceptance to the end, including the handover. With the last
    office of a person in the country, the same roles that somebody granted to that person end too."""
    keys = _subjects(facts)
    await _follow_focal_points(uow, keys)
    for row in await _GRANTED_BESIDES.fetch(uow.connection, keys=keys):
        before = record_of(Grant, row)
        await revoke(uow, before, "the office of the focal point ended")
        await end_delegated(uow, before.id)


async def _follow_focal_points(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(point: Row) -> Office | None:
        if not point["account_id"] or point["status"] not in IN_OFFICE:
            return None
        starts, ends = _not_before_today(point["starts"]), point["ends"]
        present = ("government_focal_point", "country", point["country"])
        return Office(
            point["account_id"], *present, starts, ends, point["expert_id"], handed_over_by=point["leaver_id"]
        )

    trail = Trail(IN_OFFICE, frozenset(("person", "account_id")))
    await update_grants(uow, "focal point", keys, _FOCAL_POINTS, office, trail)


async def follow_directors(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """The director of a designated centre has the role until another expert takes over, or for 90 days after its last
    term has expired or, if it closes within these, after its last day."""
    await _follow_directors(uow, _subjects(facts))


async def _follow_directors(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(centre: Row) -> Office | None:
        if not centre["account_id"] or centre["status"] not in _DIRECTED:
            return None
        ends = centre["ended_on"] and centre["ended_on"] + _LINGERS
        if ends is not None and centre["closed_on"] is not None and centre["closed_on"] <= ends:
            ends = centre["closed_on"] + _LINGERS
        role = ("centre_director", "centre", str(centre["id"]))
        return Office(centre["account_id"], *role, today(), ends, centre["director_id"])

    await update_grants(uow, "centre", keys, _CENTRES, office, _DIRECTION)


async def follow_reviewers(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Whoever accepts an invitation to review a centre without a conflict of interest is its reviewer until the review
    of the centre ends."""
    await _follow_reviewers(uow, _subjects(facts))


async def _follow_reviewers(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(invited: Row) -> Office | None:
        if not invited["account_id"] or invited["status"] not in _REVIEWING or invited["conflict_of_interest"]:
            return None
        role = ("reviewer", "record", str(invited["centre_id"]))
        return Office(invited["account_id"], *role, today(), None, invited["expert_id"], invited["country"])

    await update_grants(uow, "reviewer", keys, _REVIEWERS, office, Trail(_INVITED, frozenset(("expert_id",))))


async def follow_panels(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """The panel of a call reviews it from the opening on, unless the call is cancelled."""
    await _follow_panels(uow, await _places_in(uow, _subjects(facts), _IN_PANEL, _PANEL))


async def _places_in(uow: UnitOfWork, keys: Sequence[UUID], present: Statement, name: str) -> list[UUID]:
    """The places in the panels of these records, with those that somebody has left and whose role has not ended."""
    places = {row["id"] for row in await present.fetch(uow.connection, keys=keys)}
    held = await _WERE_IN_PANEL.fetch(uow.connection, records=[str(key) for key in keys])
    sources = (row["reason"].rpartition(" ") for row in held)
    return sorted(places | {UUID(place) for source, _, place in sources if source == name})


async def _follow_panels(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(seat: Row) -> Office | None:
        if not seat["account_id"] or seat["status"] not in _TO_PANEL:
            return None
        role = ("reviewer", "record", str(seat["call_id"]))
        return Office(
            seat["account_id"], *role, today(), None, seat["expert_id"], seat["country"], record=seat["call_id"]
        )

    await update_grants(uow, _PANEL, keys, _PANELS, office, Trail(_TO_PANEL, frozenset(("panel",))))


async def follow_evaluations(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """The panel of an evaluation reviews it unless it is cancelled; not a member with a conflict of interest."""
    await _follow_evaluations(uow, await _places_in(uow, _subjects(facts), _EVALUATE, _EVALUATION))


async def _follow_evaluations(uow: UnitOfWork, keys: Sequence[UUID]) -> None:
    def office(seat: Row) -> Office | None:
        if not seat["account_id"] or seat["status"] not in _EVALUATING or seat["is_conflicted"]:
            return None
        key = seat["evaluation_id"]
        role = ("reviewer", "record", str(key))
        return Office(seat["account_id"], *role, today(), None, seat["expert_id"], seat["country"], record=key)

    await update_grants(uow, _EVALUATION, keys, _EVALUATORS, office, Trail(_EVALUATING, frozenset(("panel",))))


async def follow_delegations(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Whom sections of a report are delegated to is an author over the report until the delegation ends."""

    def office(delegation: Row) -> Office | None:
        if delegation["status"] != "active":
            return None
        role = ("national_author", "record", str(delegation["report_id"]))
        return Office(delegation["account_id"], *role, today(), delegated_in=delegation["country"])

    await update_grants(uow, "delegation", _subjects(facts), _DELEGATIONS, office, _DELEGATED)


async def follow_experts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Experts who entered themselves may read and change their own record, until it is merged into another or erased.
    If a merge gave another record their account, the merging principal needs the permission to grant the role."""

    def office(person: Row) -> Office | None:
        if not person["account_id"] or person["merged_into"] is not None or person["erased_at"] is not None:
            return None
        return Office(person["account_id"], "expert", "self", str(person["id"]), today())

    await update_grants(uow, "expert", _subjects(facts), _EXPERTS, office)


async def follow_accounts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Recomputes the roles of all offices of an expert whose account was set or removed."""
    await follow_experts(uow, facts)
    keys = _subjects(facts)
    offices_of = (
        (_SEATS_OF, _follow_seats),
        (_FOCAL_POINTS_OF, _follow_focal_points),
        (_CENTRES_OF, _follow_directors),
        (_REVIEWERS_OF, _follow_reviewers),
        (_PANELS_OF, _follow_panels),
        (_EVALUATORS_OF, _follow_evaluations),
    )
    for find, follow in offices_of:
        if offices := sorted(row["id"] for row in await find.fetch(uow.connection, keys=keys)):
            await follow(uow, offices)


def _subjects(facts: Sequence[Fact]) -> list[UUID]:
    return sorted({fact.subject for fact in facts})


def _not_before_today(day: date | None) -> date:
    return max(day or today(), today())
