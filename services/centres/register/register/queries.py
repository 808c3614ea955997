"""Reading the register: what it showed at the end of a day, and its changes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.centres.designation.centres.domain import PUBLISHED
from services.centres.designation.centres.tables import centre
from services.centres.register.register.domain import CHANGES, SHOWN, Named, Shown
from services.centres.register.register.tables import entry
from shared.contracts import views
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.kernel.clock import today
from shared.kernel.errors import NotFound
from shared.records.access_scope import constant
from shared.records.filters import Filter, bound, bound_values, countries, one_of, region, values
from shared.records.references import NAMED_EXPERTS

PUBLIC = AccessContext("public")
"""What everybody may read, whoever the caller is."""
_RECENT = 100
"""The entries that the state of the register is formed from. An entry may be committed after one with a higher
position, but not after so many."""
_day = bindparam("day", type_=Date)
_e, _x, _begun = entry.c, views.EXPERTS.c, entry.alias("begun")


def _filters(entries: FromClause) -> Mapping[str, Filter]:
    themes = entries.c.shown["themes"]
    theme = Filter(
        "theme", "Centres that work on this", str, lambda wanted: themes.contains(func.to_jsonb(cast(wanted, Text)))
    )
    return {each.name: each for each in (countries(entries.c.country), region(entries.c.country), theme)}


FILTERS = _filters(entry)
_NONE: ColumnElement[Any] = literal_column("'[]'::jsonb", JSONB)
_line = func.jsonb_array_elements(_e.changes).table_valued(column("value", JSONB), with_ordinality="place")
_line = _line.render_derived(name="line")
CHANGE_FILTERS: Mapping[str, Filter] = {
    each.name: each
    for each in (
        countries(_e.country),
        values("change", _line.c.value["change"].astext, "Kinds of change, separated by commas", one_of(CHANGES)),
    )
}
State: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the register. `filters` are parsed values by name; `limit` None asks for all centres; `after` is
    the country and the number of a centre."""

    day: date
    filters: Mapping[str, Any]
    former: bool
    limit: int | None = None
    after: tuple[str, str] | None = None


def _term(shown: ColumnElement[Any], day: ColumnElement[Any], *of_centre: ColumnElement[bool]) -> ColumnElement[Any]:
    """The term of what is shown on a day: after an early renewal, the one before until the first day of the next.
    `of_centre` chooses the earlier entries."""
    term, in_words = shown["term"], cast(day, Text)
    before = (
        select(_begun.c.shown["term"])
        .where(*of_centre, _begun.c.recorded_on <= day, _begun.c.shown["term"]["starts"].astext <= in_words)
        .order_by(_begun.c.recorded_on.desc(), _begun.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((term["starts"].astext > in_words, func.coalesce(before, term)), else_=term).label("term")


def _register(names: tuple[str, ...], former: bool, continues: bool, is_page: bool) -> Select[Any]:
    of = (_e.country, _e.registration_number)
    latest = select(*of, _e.status, _e.shown).ext(distinct_on(*of))
    latest = latest.where(_e.recorded_on <= _day)
    latest = latest.where(*(bound(FILTERS[name]) for name in names if name != "theme"))
    if continues:
        last = tuple_(bindparam("after_country", type_=Text), bindparam("after_number", type_=Text))
        latest = latest.where(tuple_(*of) > last)
    latest = latest.order_by(*of, _e.recorded_on.desc(), _e.position.desc())
    found = latest.subquery("latest")
    states = [constant(status) for status in sorted(SHOWN if former else PUBLISHED)]
    is_of_centre = (
        _begun.c.country == found.c.country,
        _begun.c.registration_number == found.c.registration_number,
    )
    term = _term(found.c.shown, _day, *is_of_centre)
    query = select(found.c.country, found.c.registration_number, found.c.shown, term)
    query = query.where(found.c.status.in_(states))
    if "theme" in names:
        query = query.where(bound(_filters(found)["theme"]))
    query = query.order_by(found.c.country, found.c.registration_number)
    return within_context(query.limit(bindparam("limit", type_=Integer)) if is_page else query)


def _changes(names: tuple[str, ...], since: bool, continues: bool) -> Select[Any]:
    place = (_e.recorded_on, _e.position, _line.c.place)
    names_shown = func.coalesce(_e.shown["names"], _line.c.value["names"]).label("names")
    query = select(*place, _e.registration_number, _e.country, _e.note, names_shown, _line.c.value)
    query = query.select_from(entry.join(_line, true()))
    query = query.where(_e.changes != _NONE, *(bound(CHANGE_FILTERS[name]) for name in names))
    if since:
        query = query.where(_e.recorded_on > bindparam("since", type_=Date))
    if continues:
        day, position = bindparam("day", type_=Date), bindparam("position", type_=BigInteger)
        last = tuple_(day, position, bindparam("place", type_=Integer))
        query = query.where(_e.recorded_on >= day, tuple_(*place) > last)
    return within_context(query.order_by(*place).limit(bindparam("limit", type_=Integer)))


_REGISTER, _CHANGES = Shapes(_register), Shapes(_changes)
_named = bindparam("ids", type_=ARRAY(Uuid))
_EXPERTS = Statement(
    within_context(
        select(_x.id, _x.display_name, _x.status, _x.visibility, _x.merged_into, _x.erased_at)
        .where(_x.id == any_(_named))
        .order_by(_x.id)
    )
)
_recent = select(_e.position).order_by(_e.position.desc()).limit(_RECENT).subquery()
_person = func.concat_ws(" ", _x.id, _x.display_name, _x.status, _x.visibility, _x.merged_into, _x.erased_at)
_STATE = Statement(
    within_context(
        select(
            func.max(_recent.c.position).label("last"),
            cast(func.sum(_recent.c.position), BigInteger).label("recent"),
            select(func.md5(func.string_agg(_person, aggregate_order_by(constant("x"), _x.id))))
            .where(_x.id == any_(_named))
            .scalar_subquery()
            .label("experts"),
        )
    )
)
_present = centre.alias("present")
_shown_now = select(func.escm.centre_shown(literal_column("present"), type_=JSONB).label("shown"))
_now = _shown_now.where(_present.c.id == bindparam("key", type_=Uuid)).limit(1).subquery("now")
_SHOWN = Statement(
    within_context(
        select(
            _now.c.shown,
            _term(_now.c.shown, _day, _begun.c.centre_id == bindparam("key", type_=Uuid)),
        )
    )
)


async def state(connection: Connection, context: AccessContext, experts: Iterable[UUID]) -> State:
    """What a response with these experts depends on: the last entries, and what everybody may read of the experts."""
    row = await _STATE.fetchrow(connection, ids=list(experts), **context.parameters)
    return tuple(row) if row else ()


async def register(connection: Connection, context: AccessContext, asked: Asked) -> list[Row]:
    """The centres that the register showed at the end of a day, by country and registration number; one more than the
    limit if there are more."""
    names = tuple(sorted(asked.filters))
    statement = _REGISTER.get(names, asked.former, asked.after is not None, asked.limit is not None)
    place = dict(zip(("after_country", "after_number"), asked.after or (), strict=False))
    limit = None if asked.limit is None else asked.limit + 1
    given = {**bound_values(asked.filters), **place, **context.parameters}
    return await statement.fetch(connection, day=asked.day, limit=limit, **given)


async def changes(
    connection: Connection,
    context: AccessContext,
    filters: Mapping[str, Any],
    since: date | None,
    after: tuple[date, int, int] | None,
    limit: int,
) -> list[Row]:
    """The changes after a day and a place, the earliest first; one more than the limit if there are more."""
    place = dict(zip(("day", "position", "place"), after or (), strict=False))
    statement = _CHANGES.get(tuple(sorted(filters)), since is not None, after is not None)
    given = {**bound_values(filters), **place, **context.parameters}
    return await statement.fetch(connection, since=since, limit=limit + 1, **given)


async def directors(
    connection: Connection, context: AccessContext, ids: Collection[str]
) -> tuple[dict[str, Named], frozenset[UUID]]:
    """The experts with these ids, or those that they were merged into, if everybody may read them now; and the ids of
    all that were looked up."""
    known: dict[UUID, Row | None] = {}
    wanted = {UUID(key) for key in ids}
    while wanted:
        known |= dict.fromkeys(wanted)
        known |= {row["id"]: row for row in await _EXPERTS.fetch(connection, ids=list(wanted), **context.parameters)}
        wanted = {row["merged_into"] for row in known.values() if row and row["merged_into"]} - known.keys()
    found = {}
    for key in ids:
        row = known[UUID(key)]
        while row is not None and row["merged_into"]:
            row = known[row["merged_into"]]
        if row is not None and _is_public(row):
            found[key] = Named(id=str(row["id"]), name=row["display_name"])
    return found, frozenset(known)


def _is_public(row: Row) -> bool:
    is_living = row["erased_at"] is None and row["status"] in NAMED_EXPERTS.published
    return is_living and row["visibility"] == "public"


async def shown(connection: Connection, context: AccessContext, key: UUID) -> Shown:
    """A centre as the register would show it now."""
    row = await _SHOWN.fetchrow(connection, key=key, day=today(), **context.parameters)
    if row is None:
        raise NotFound
    return of_day(row)


def of_day(row: Row) -> Shown:
    """What the register shows on the day for which this row was read."""
    shown: Shown = row["shown"]
    return {**shown, "term": row["term"]}
