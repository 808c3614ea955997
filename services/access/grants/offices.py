"""Roles that follow from an office: a seat, a focal point, one's own entry in the register of experts.

Each source stands for one grant at most, known by the `reason` that names the source and by the system as who granted.
What the source says now decides, so late, early and repeated facts do no harm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, column, func, or_, select, table

from services.access.grants.operations import GRANTS, enter
from services.access.grants.tables import grant
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.partial_date import earliest, latest
from shared.kernel.principal import SYSTEM
from shared.records.store import update_record

ROLE_OF_OFFICE: Mapping[str, str] = {"president": "committee_president", "secretary": "committee_secretary"}
_IN_OFFICE = frozenset(("active", "handing_over"))

_expert = table("member_published_expert", *(column(name) for name in ("id", "account_id", "merged_into", "erased_at")))
_seat = table(
    "centre_published_seat",
    *(column(name) for name in ("id", "country", "status", "expert_id", "office", "starts", "ends")),
)
_focal_point = table(
    "action_published_focal_point",
    *(column(name) for name in ("id", "country", "status", "expert_id", "starts", "ends")),
)
_KEY = bindparam("key", type_=Uuid)
_EXPERT = Statement(select(*_expert.c).where(_expert.c.id == _KEY))
_SEAT = Statement(
    select(*_seat.c, _expert.c.account_id)
    .select_from(_seat.outerjoin(_expert, _expert.c.id == _seat.c.expert_id))
    .where(_seat.c.id == _KEY)
)
_FOCAL_POINT = Statement(
    select(*_focal_point.c, _expert.c.account_id)
    .select_from(_focal_point.outerjoin(_expert, _expert.c.id == _focal_point.c.expert_id))
    .where(_focal_point.c.id == _KEY)
)
_TURN = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("source"), 0))))
_LIVING = Statement(
    select(grant)
    .where(
        grant.c.reason == bindparam("source"),
        grant.c.created_by == SYSTEM.label,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
    .order_by(grant.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class _Office:
    """What a source gives now: to which account which role, over what, and for how long."""

    account: UUID
    role: str
    scope_kind: str
    scope_id: str
    starts: date
    ends: date | None = None

    def is_of(self, row: Row) -> bool:
        held = (row["principal_id"], row["role"], row["scope_kind"], row["scope_id"])
        return held == (self.account, self.role, self.scope_kind, self.scope_id)


async def follow_seat(uow: UnitOfWork, key: UUID) -> None:
    """President and secretary of a committee hold their role in its country while the seat is theirs."""
    seat = await _SEAT.fetchrow(uow.connection, key=key)
    office = None
    if seat and seat["account_id"] and seat["status"] == "appointed" and seat["office"] in ROLE_OF_OFFICE:
        office = _Office(
            seat["account_id"],
            ROLE_OF_OFFICE[seat["office"]],
            "country",
            seat["country"],
            _not_before_today(seat["starts"] and earliest(seat["starts"])),
            seat["ends"] and latest(seat["ends"]),
        )
    await _settle(uow, f"seat {key}", office)


async def follow_focal_point(uow: UnitOfWork, key: UUID) -> None:
    """A focal point speaks for the government from acceptance to the end, the time of handing over included."""
    point = await _FOCAL_POINT.fetchrow(uow.connection, key=key)
    office = None
    if point and point["account_id"] and point["status"] in _IN_OFFICE:
        starts, ends = _not_before_today(point["starts"]), point["ends"]
        office = _Office(point["account_id"], "government_focal_point", "country", point["country"], starts, ends)
    await _settle(uow, f"focal point {key}", office)


async def follow_expert(uow: UnitOfWork, key: UUID) -> None:
    """Who entered themselves reads and changes their own record, until it is merged into another or erased."""
    person = await _EXPERT.fetchrow(uow.connection, key=key)
    office = None
    if person and person["account_id"] and person["merged_into"] is None and person["erased_at"] is None:
        office = _Office(person["account_id"], "expert", "self", str(key), today())
    await _settle(uow, f"expert {key}", office)


def _not_before_today(day: date | None) -> date:
    return max(day or today(), today())


async def _settle(uow: UnitOfWork, source: str, office: _Office | None) -> None:
    """Makes the source's grants what its office asks for: one, or none."""
    if office is not None and office.ends is not None and office.ends < office.starts:
        office = None
    await _TURN.fetch(uow.connection, source=source)
    held = False
    for before in await _LIVING.fetch(uow.connection, source=source):
        if office is not None and not held and office.is_of(before):
            held = True
            await GRANTS.edit(uow, before, {"ends": office.ends})
        else:
            after = await update_record(uow, grant, before, {"status": "revoked"})
            GRANTS.tell(uow, "revoke", before, after, "revoked", source)
    if office is not None and not held:
        values = {
            "principal_kind": "account",
            "principal_id": office.account,
            "role": office.role,
            "scope_kind": office.scope_kind,
            "scope_id": office.scope_id,
            "starts": office.starts,
            "ends": office.ends,
            "reason": source,
            "second_person": None,
        }
        await enter(uow, values, confirmed=True)
