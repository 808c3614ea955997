"""Reading the feed: one statement a page, which reads a bounded number of positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.notifying.feed.domain import NOMINATION, SCANNED, SCORE, Choice, Share
from shared.contracts import signing, views
from shared.contracts.envelope import Fact
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.messaging.tables import core_fact

_ENDS = table("core_feed_ends", column("oldest", BigInteger), column("head", BigInteger))
_TEXTS = ARRAY(Text)
_withheld = views.withheld_from(bindparam("own", type_=_TEXTS))
_KINDS = (literal(NOMINATION), literal(SCORE))
_DECISIONS = tuple(
    map(literal, (signing.NOMINATION_RECUSED, signing.NOMINATION_SELECTED, signing.NOMINATION_NOT_SELECTED))
)
_entity = func.split_part(core_fact.c.type, ".", 2) + literal(".") + func.split_part(core_fact.c.type, ".", 3)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed with the positions of its facts, the last position that was read, and whether it was the last
    one of the feed."""

    facts: list[Fact]
    positions: list[int]
    upto: int
    is_last: bool


async def page(
    connection: Connection,
    share: Share,
    choice: Choice,
    *,
    after: int | None,
    limit: int,
) -> Page | None:
    """The caller's next facts after a position, or from the oldest stored.

    None if the position is no longer stored, or never existed.
    """
    chosen = tuple(each is not None for each in (choice.types, choice.countries, choice.records))
    statement = _PAGES.get(share.everything, *chosen, bool(share.own))
    rows = await statement.fetch(
        connection,
        after=after,
        types=choice.types,
        countries=choice.countries,
        records=choice.records,
        limit=limit,
        kinds=list(share.kinds),
        places=list(share.places),
        own=share.own,
    )
    oldest, head = rows[0]["oldest"], rows[0]["head"]
    start = oldest - 1 if after is None else after
    if not oldest - 1 <= start <= head:
        return None
    found = [row for row in rows if row["position"] is not None]
    upto = _upto(found, start, head, limit)
    return Page([Fact.of_row(row) for row in found], [row["position"] for row in found], upto, upto == head)


async def position_at(connection: Connection, at: datetime) -> int:
    """The position after which the facts are that were put in order after this instant: the last of the feed, or the
    one before the oldest stored."""
    found: int = await connection.fetchval(_POSITION_AT, at)
    return found


async def newer(connection: Connection, after: int, limit: int) -> tuple[list[Fact], int]:
    """The next facts of anybody after a position, and the position of the last."""
    rows = await _NEWER.fetch(connection, after=after, limit=limit)
    return [Fact.of_row(row) for row in rows], rows[-1]["position"] if rows else after


async def head(connection: Connection) -> int:
    """The last position of the feed."""
    found: int = await connection.fetchval(_HEAD)
    return found


def _upto(found: Sequence[Row], start: int, head: int, limit: int) -> int:
    if len(found) == limit:
        return int(found[-1]["position"])
    return min(start + SCANNED, head)


def _statement(
    everything: bool, by_type: bool, by_country: bool, by_record: bool, withholds: bool
) -> Select[tuple[object, ...]]:
    start = func.coalesce(bindparam("after", type_=BigInteger), _ENDS.c.oldest - 1)
    fact = core_fact
    is_known = or_(fact.c.country_left.is_(None), _covered())
    country = fact.c.country if everything else case((is_known, fact.c.country)).label("country")
    columns = [country if one is fact.c.country else one for one in fact.c]
    looked_at = fact.c.position > start, fact.c.position <= func.least(start + SCANNED, _ENDS.c.head)
    chosen = select(*columns).where(*looked_at)
    if not everything:
        chosen = chosen.where(or_(_covered(), _in_places(fact.c.country_left)))
    if withholds:
        decided = or_(fact.c.type.not_in(_DECISIONS), fact.c.subject.not_in(withheld(are_decisions=True)))
        known = and_(fact.c.subject.not_in(withheld()), decided)
        chosen = chosen.where(or_(_entity.not_in(_KINDS), known))
    if by_type:
        chosen = chosen.where(fact.c.type.like(any_(bindparam("types", type_=_TEXTS))))
    if by_country:
        wanted = any_(bindparam("countries", type_=_TEXTS))
        chosen = chosen.where(or_(country == wanted, fact.c.country_left == wanted))
    if by_record:
        named = any_(bindparam("records", type_=_TEXTS))
        chosen = chosen.where(or_(fact.c.ref == named, cast(fact.c.subject, Text) == named))
    facts = chosen.order_by(fact.c.position).limit(bindparam("limit", type_=BigInteger)).lateral("f")
    return select(_ENDS.c.oldest, _ENDS.c.head, *facts.c).select_from(_ENDS.outerjoin(facts, true()))


def withheld(*, are_decisions: bool = False) -> Select[tuple[Any]]:
    """The ids of nominations and scores that are withheld from the experts of `own`; `are_decisions`: of nominations of
    which they do not learn what the panel does."""
    return select(_withheld.c.id).where(_withheld.c.is_decision == literal(are_decisions))


def within(reach: ColumnElement[Any]) -> ColumnElement[bool]:
    """Facts of the kinds, countries and records of a share's reach."""
    fact = core_fact.c
    return or_(*(part == any_(reach) for part in (_entity, fact.country, fact.country_left, cast(fact.subject, Text))))


def _covered() -> ColumnElement[bool]:
    """Facts of records that the caller may know of in their present country."""
    kinds = bindparam("kinds", type_=_TEXTS)
    return or_(_entity == any_(kinds), _in_places(core_fact.c.country), _in_places(cast(core_fact.c.subject, Text)))


def _in_places(part: ColumnElement[Any]) -> ColumnElement[bool]:
    return _entity + literal("|") + part == any_(bindparam("places", type_=_TEXTS))


_PAGES = Shapes(_statement)
_NEWER = Statement(
    select(core_fact)
    .where(core_fact.c.position > bindparam("after", type_=BigInteger))
    .order_by(core_fact.c.position)
    .limit(bindparam("limit", type_=BigInteger))
)
_HEAD = "SELECT head FROM core_feed_ends"
_POSITION_AT = """
WITH RECURSIVE halves AS (
    SELECT oldest - 1 AS low, head AS high FROM core_feed_ends
    UNION ALL
    SELECT CASE WHEN f.sequenced_at <= $1 THEN middle.at ELSE h.low END,
        CASE WHEN f.sequenced_at <= $1 THEN h.high ELSE middle.at - 1 END
    FROM halves h, LATERAL (SELECT (h.low + h.high + 1) / 2 AS at) middle
    JOIN core_fact f ON f.position = middle.at
    WHERE h.low < h.high
)
SELECT max(low) FROM halves
"""
"""Halves the feed, whose positions have no gaps and grow with time."""
