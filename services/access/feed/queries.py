"""Reading the feed: one statement a page, which looks at a bounded number of positions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    any_,
    bindparam,
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

from services.access.feed.domain import SCANNED, Share
from shared.contracts.envelope import Fact
from shared.database.statements import Connection, Row, Shapes
from shared.messaging.tables import core_fact

_ENDS = table("core_feed_ends", column("oldest", BigInteger), column("head", BigInteger))
_TEXTS = ARRAY(Text)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed, and the position up to which it was looked at."""

    facts: list[Fact]
    upto: int


async def page(
    connection: Connection,
    share: Share,
    *,
    after: int | None,
    types: Sequence[str] | None,
    countries: Sequence[str] | None,
    limit: int,
) -> Page | None:
    """The caller's next facts behind a position, or from the oldest kept. `types` are patterns of LIKE.

    None where the position is no longer kept, or was never given.
    """
    statement = _PAGES.get(share.everything, types is not None, countries is not None)
    rows = await statement.fetch(
        connection,
        after=after,
        types=types,
        countries=countries,
        limit=limit,
        kinds=share.kinds,
        places=share.places,
    )
    oldest, head = rows[0]["oldest"], rows[0]["head"]
    start = oldest - 1 if after is None else after
    if not oldest - 1 <= start <= head:
        return None
    found = [row for row in rows if row["position"] is not None]
    return Page([Fact.of_row(row) for row in found], _upto(found, start, head, limit))


def _upto(found: Sequence[Row], start: int, head: int, limit: int) -> int:
    if len(found) == limit:
        return int(found[-1]["position"])
    return min(start + SCANNED, head)


def _statement(everything: bool, by_type: bool, by_country: bool) -> Select[tuple[object, ...]]:
    start = func.coalesce(bindparam("after", type_=BigInteger), _ENDS.c.oldest - 1)
    fact = core_fact
    chosen = select(fact).where(fact.c.position > start, fact.c.position <= func.least(start + SCANNED, _ENDS.c.head))
    if not everything:
        chosen = chosen.where(_shared())
    if by_type:
        chosen = chosen.where(fact.c.type.like(any_(bindparam("types", type_=_TEXTS))))
    if by_country:
        chosen = chosen.where(fact.c.country == any_(bindparam("countries", type_=_TEXTS)))
    facts = chosen.order_by(fact.c.position).limit(bindparam("limit", type_=BigInteger)).lateral("f")
    return select(_ENDS.c.oldest, _ENDS.c.head, *facts.c).select_from(_ENDS.outerjoin(facts, true()))


def _shared() -> ColumnElement[bool]:
    fact = core_fact
    entity = func.split_part(fact.c.type, ".", 2) + literal(".") + func.split_part(fact.c.type, ".", 3)
    places = bindparam("places", type_=_TEXTS)
    return or_(
        entity == any_(bindparam("kinds", type_=_TEXTS)),
        entity + literal("|") + fact.c.country == any_(places),
        entity + literal("|") + cast(fact.c.subject, Text) == any_(places),
    )


_PAGES = Shapes(_statement)
