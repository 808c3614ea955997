"""Counting the supports of initiatives, listed or not, the same for every caller.

Supporters and countries are sums of the stored counts; organisations are distinct.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from services.membership.initiatives.initiative_counts.tables import initiative_day
from services.membership.initiatives.supports.domain import CAPACITIES
from services.membership.initiatives.supports.queries import ORGANISATION
from services.membership.initiatives.supports.tables import support
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.clock import end_of
from shared.records.access_scope import constant
from shared.records.counts import cells
from shared.records.listing import Filter, Listing, countries, one_of, region, values

SUPPORT = "support"
"""The kind of the stored counts. Their tags are initiatives, their categories capacities."""


def _by_country(*, dated: bool) -> Select[Any]:
    counted = cells(SUPPORT, tagged=True, dated=dated)
    total = func.sum(counted.c.n)
    is_listed = counted.c.visibility == constant("public")
    return (
        select(total.label("n"), func.coalesce(func.sum(counted.c.n).filter(is_listed), 0).label("listed"))
        .where(counted.c.status == constant("accepted"), counted.c.tag == bindparam("initiative"))
        .group_by(counted.c.country)
        .having(total > 0)
    )


def _whole(*, dated: bool) -> Select[Any]:
    each = _by_country(dated=dated).subquery()
    supporters = func.coalesce(func.sum(each.c.n), 0)
    listed = func.coalesce(func.sum(each.c.listed), 0)
    return select(
        supporters.label("supporters"), (supporters - listed).label("unlisted"), func.count().label("countries")
    ).limit(1)


_NOW, _THEN = Lookup(_whole(dated=False)), Lookup(_whole(dated=True))
_ORGANISATIONS = "SELECT matched, unmatched FROM escm.member_initiative_organisations($1)"
_ORGANISATIONS_BEFORE = "SELECT matched, unmatched FROM escm.member_initiative_organisations_before($1, $2)"
_OF_DAY = Statement(
    select(initiative_day.c.organisations, initiative_day.c.organisations_unmatched).where(
        initiative_day.c.initiative_id == bindparam("initiative"), initiative_day.c.day == bindparam("on")
    )
)
_STORE = """
INSERT INTO escm.member_initiative_day (initiative_id, day, organisations, organisations_unmatched)
SELECT i.id, $1, counted.matched, counted.unmatched
FROM escm.member_initiative i, escm.member_initiative_organisations_before(i.id, $2) counted
WHERE i.status IN ('open', 'closed')
    AND NOT EXISTS (SELECT FROM escm.member_initiative_day d WHERE d.initiative_id = i.id AND d.day = $1)
ON CONFLICT DO NOTHING
"""

OF_INITIATIVE = "initiative_id"
SUPPORTERS = Listing(
    base=lambda _access_kind: select(support).where(
        support.c.status == constant("accepted"), support.c.visibility == constant("public")
    ),
    key=support.c.id,
    filters={
        one.name: one
        for one in (
            countries(support.c.country),
            region(support.c.country),
            values("capacity", support.c.capacity, "Capacities, separated by commas", one_of(CAPACITIES)),
            Filter(OF_INITIATIVE, "The initiative", UUID, lambda bound: support.c.initiative_id == bound),
        )
    },
    sorts={"signed_at": support.c.signed_at},
    columns={
        **{name: support.c[name] for name in ("id", "listed_name", "country", "capacity", "organisation", "signed_at")},
        "organisation_id": support.c.organisation_id,
        **ORGANISATION,
    },
)
"""Who agreed to be listed, for everybody."""


@dataclass(frozen=True, slots=True)
class Supporters:
    """The supporters of an initiative, those of them who are not listed, and their countries."""

    supporters: int
    unlisted: int
    countries: int


@dataclass(frozen=True, slots=True)
class Organisations:
    """The institutions that supports name, and the texts that mean none yet."""

    matched: int
    unmatched: int


async def supporters(connection: Connection, initiative: UUID, until: date | None = None) -> Supporters:
    """The supporters now or, with `until`, at the end of that day."""
    statement = _NOW if until is None else _THEN
    (row,) = await statement.fetch(connection, initiative=str(initiative), until=until)
    return Supporters(*(int(row[name]) for name in ("supporters", "unlisted", "countries")))


async def organisations(connection: Connection, initiative: UUID) -> Organisations:
    """The organisations of the accepted supports."""
    return Organisations(*await connection.fetchrow(_ORGANISATIONS, initiative))


async def organisations_at(connection: Connection, initiative: UUID, day: date) -> Organisations:
    """The organisations at the end of a past day: the stored figures, else those of the present matches."""
    row = await _OF_DAY.fetchrow(connection, initiative=initiative, on=day)
    return Organisations(*(row or await connection.fetchrow(_ORGANISATIONS_BEFORE, initiative, end_of(day))))


async def store_day(connection: Connection, day: date) -> None:
    """Stores the organisations of every published initiative at the end of a day, unless they are stored."""
    await connection.execute(_STORE, day, end_of(day))
