"""Reading rounds: for grants over the edition, and for who takes part in them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, and_, any_, bindparam, cast, false, func, or_, select, true
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import OFFICIALS_WHO_COMMENT
from services.actions.global_report.contributions.participants import GOVERNMENTS
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.domain import REMINDED
from services.actions.global_report.review.rounds.domain import LIFECYCLE
from services.actions.global_report.review.rounds.record import ReviewRound
from services.actions.global_report.review.rounds.tables import comment, review_round
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, constant
from shared.records.next_steps import ME, NextStep, NextSteps
from shared.records.plain import listing
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of, records_of

_AT_ONCE = 100
_r = review_round.c
_held = views.GRANTS.c
_official = (
    select(_held.principal_id)
    .where(
        _held.principal_kind == constant("account"),
        _held.principal_id == ME,
        _held.scope_kind == constant("country"),
        _held.role.in_([constant(role) for role in OFFICIALS_WHO_COMMENT]),
    )
    .limit(1)
    .scalar_subquery()
)
"""The caller's account, if it is that of an official who comments in rounds of governments."""
NEXT_STEPS = NextSteps(
    "actions.review_rounds",
    review_round,
    (
        NextStep(
            "open",
            "comment",
            _official,
            is_personal=True,
            only=_r.audience.in_([constant(audience) for audience in GOVERNMENTS]),
        ),
        NextStep("answering", "complete"),
    ),
    scope=_r.edition_id,
)


def _visible(access_kind: AccessKind) -> Select[Any]:
    if access_kind in (AccessKind.EVERYWHERE, AccessKind.ANONYMOUS):
        return select(review_round).where(true() if access_kind is AccessKind.EVERYWHERE else false())
    records = any_(bindparam("granted_records", type_=ARRAY(SqlText)))
    return select(review_round).where(or_(cast(_r.edition_id, SqlText) == records, cast(_r.id, SqlText) == records))


LISTING = listing(ReviewRound, review_round, LIFECYCLE.states, _visible, NEXT_STEPS.holder)
_edition = bindparam("edition", type_=Uuid)
_BY_KEY = Lookup(
    select(review_round)
    .where(_r.edition_id == _edition, or_(_r.id == bindparam("key", type_=Uuid), _r.number == bindparam("number")))
    .limit(1)
)
_NUMBER = Lookup(select(func.coalesce(func.max(_r.number), 0) + 1).where(_r.edition_id == _edition).limit(1))
_STATES = Lookup(
    select(contribution.c.id, contribution.c.status)
    .where(contribution.c.edition_id == _edition, contribution.c.id == any_(bindparam("keys", type_=ARRAY(Uuid))))
    .limit(1_000)
)
_OPEN_COMMENT = Lookup(
    select(comment.c.round_id)
    .where(comment.c.round_id == bindparam("round"), comment.c.status == constant("open"))
    .limit(1)
)
_at = bindparam("at", type_=Instant)
_DUE = Statement(
    select(review_round)
    .where(
        or_(
            and_(_r.status == constant("planned"), _r.opens <= _at, _r.closes > _at),
            and_(_r.status == constant("open"), _r.closes <= _at),
        )
    )
    .order_by(_r.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_due = cast(func.timezone(constant("UTC"), _r.closes), Date)
CLOSING = latest_of([_due + days for days in REMINDED])
"""The last day of a reminder of a round's end that has come."""
_TAKE = taking(review_round, CLOSING, _r.status == constant("open"), is_due(CLOSING), order=(_r.closes,), most=_AT_ONCE)


async def round_of(connection: Connection, edition: UUID, named: UUID | int) -> ReviewRound | None:
    """The round of an edition with this id or number, whatever the caller may read."""
    key, number = (named, None) if isinstance(named, UUID) else (None, named)
    row = await _BY_KEY.fetchrow(connection, edition=edition, key=key, number=number)
    return record_of(ReviewRound, row) if row else None


async def next_number(connection: Connection, edition: UUID) -> int:
    """The number of the next round of an edition. Until the transaction ends no other one gets it."""
    await lock_names(connection, f"rounds {edition}")
    found: int = await _NUMBER.fetchval(connection, edition=edition)
    return found


async def states_of(connection: Connection, edition: UUID, keys: Collection[UUID]) -> dict[UUID, str]:
    """The states of those of these contributions that are of an edition."""
    rows = await _STATES.fetch(connection, edition=edition, keys=list(keys))
    return {row["id"]: row["status"] for row in rows}


async def has_open_comments(connection: Connection, key: UUID) -> bool:
    """Whether a comment of a round waits for an answer."""
    return await _OPEN_COMMENT.fetchval(connection, round=key) is not None


async def take_reminded(connection: Connection, day: date) -> list[ReviewRound]:
    """Marks up to 100 open rounds of whose end somebody is to be reminded on this day, and returns them."""
    return records_of(ReviewRound, await _TAKE.fetch(connection, today=day))


async def lock_due(connection: Connection, at: datetime) -> list[ReviewRound]:
    """Up to 100 rounds that open or close by this instant, locked. Skips those that another transaction locks."""
    return records_of(ReviewRound, await _DUE.fetch(connection, at=at))
