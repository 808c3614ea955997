"""Reading editions: published ones by their visibility, others for grants over them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, cast, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from services.actions.global_report.editions.domain import ENDED, LIFECYCLE, PUBLISHED, REMINDED, UNREVIEWED
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.tables import contribution, edition, review_round
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant
from shared.records.filters import parsed_year
from shared.records.listing import Filter
from shared.records.next_steps import NextSteps
from shared.records.plain import by_itself, listing
from shared.records.reminding import is_due, taking, weekly_after
from shared.records.rows import record_of, records_of

_AT_ONCE = 100
_MOST_KEYS = 10_000
_e = edition.c
NEXT_STEPS = NextSteps("actions.editions", edition, ())
LISTING = listing(
    Edition,
    edition,
    LIFECYCLE.states,
    by_itself(edition, PUBLISHED),
    Filter("year", "The year of the edition", parsed_year, lambda bound: _e.year == bound),
    NEXT_STEPS.holder,
)
_ONE = Lookup(select(edition).where(_e.id == bindparam("key")).limit(1))
_USED = Lookup(
    select(contribution.c.outline_key).where(contribution.c.edition_id == bindparam("key")).distinct().limit(_MOST_KEYS)
)
_BEGUN = Lookup(
    select(review_round.c.edition_id)
    .where(review_round.c.edition_id == bindparam("key"), review_round.c.status != constant("planned"))
    .limit(1)
)
_STATES = Lookup(
    select(contribution.c.status, func.count().label("number"))
    .where(contribution.c.edition_id == bindparam("key"))
    .group_by(contribution.c.status)
    .limit(_AT_ONCE)
)
_OPEN = Lookup(
    select(contribution.c.outline_key)
    .where(
        contribution.c.edition_id == bindparam("key"),
        contribution.c.status.not_in([constant(state) for state in ENDED]),
    )
    .limit(1)
)
_in_review = select(contribution.c.edition_id).where(
    contribution.c.edition_id == _e.id, contribution.c.status.in_([constant(state) for state in UNREVIEWED])
)
_in_round = select(review_round.c.edition_id).where(
    review_round.c.edition_id == _e.id, review_round.c.status != constant("complete")
)
_is_missing: Mapping[str, ColumnElement[bool]] = {
    "review": or_(_in_review.correlate(edition).exists(), _in_round.correlate(edition).exists()),
    "final": true(),
}
"""Whether an edition that is written has not come through a step."""
_last_days = {step: cast(_e.deadlines[step].astext, Date) for step in _is_missing}
_TAKE = {
    step: taking(
        edition,
        planned := weekly_after(due, REMINDED),
        _e.status == constant("writing"),
        _is_missing[step],
        is_due(planned),
        order=(due,),
        most=_AT_ONCE,
        mark=f"{step}_reminded_on",
    )
    for step, due in _last_days.items()
}
_at = bindparam("at", type_=Instant)
_opens, _closes = (cast(_e.call[name].astext, Instant) for name in ("opens", "closes"))
_DUE = Statement(
    select(edition)
    .where(
        or_(
            and_(_e.status == constant("draft"), _opens <= _at, _closes > _at, _e.deadlines.is_not(None)),
            and_(_e.status == constant("call"), _closes <= _at),
        )
    )
    .order_by(_e.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)


async def edition_of(connection: Connection, key: UUID) -> Edition | None:
    """The edition with this id, whatever the caller may read."""
    row = await _ONE.fetchrow(connection, key=key)
    return record_of(Edition, row) if row else None


async def used_keys(connection: Connection, key: UUID) -> set[str]:
    """The places of an edition's outline for which contributions are entered."""
    return {row["outline_key"] for row in await _USED.fetch(connection, key=key)}


async def states_of(connection: Connection, key: UUID) -> dict[str, int]:
    """How many contributions of an edition are in each state, whoever asks."""
    return {row["status"]: row["number"] for row in await _STATES.fetch(connection, key=key)}


async def is_reviewed(connection: Connection, key: UUID) -> bool:
    """Whether a round of review of an edition has opened."""
    return await _BEGUN.fetchval(connection, key=key) is not None


async def has_open_contributions(connection: Connection, key: UUID) -> bool:
    """Whether a contribution of an edition is neither cleared nor given up."""
    return await _OPEN.fetchval(connection, key=key) is not None


async def take_reminded(connection: Connection, step: str, day: date) -> list[Edition]:
    """Marks up to 100 editions of whose last day of a step somebody is to be reminded on this day, and returns them."""
    return records_of(Edition, await _TAKE[step].fetch(connection, today=day))


async def lock_due(connection: Connection, at: datetime) -> list[Edition]:
    """Up to 100 editions whose call opens or closes by this instant, locked. Skips those that another transaction
    locks."""
    return records_of(Edition, await _DUE.fetch(connection, at=at))
