"""Lists of the next steps of a caller, from the views of work that services publish."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    DateTime,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts.readers import steps, takers_of
from shared.kernel.countries import COUNTRIES
from shared.kernel.lights import GREEN, RED, YELLOW
from shared.kernel.principal import Principal
from shared.records.next_steps import ME, TODAY, is_another_than, is_in_office, is_not_over, offices_of

_LATEST = literal(datetime(9999, 12, 31, tzinfo=UTC), DateTime(timezone=True))
KEYS: list[ColumnElement[Any]] = [
    literal(None, DateTime(timezone=True)),
    literal(None, Text),
    literal(None, Uuid),
    literal(None, Text),
]
"""The types of a position: the due time, the resource, the record and the verb."""
_SOON = timedelta(days=7)


def offices_in(principal: Principal, *services: str) -> list[str]:
    """The next steps in these services that the principal's grants permit."""
    found = (
        offices_of(principal, takers_of(service), resource, verbs)
        for resource, verbs in steps().items()
        if (service := resource.partition(".")[0]) in services
    )
    return sorted(frozenset().union(*found))


class Reach(NamedTuple):
    """Which kinds of offices a caller has. It decides the form of a statement."""

    is_everywhere: bool
    has_countries: bool
    has_records: bool


class Places(NamedTuple):
    """Where a caller's offices are: everywhere, or in countries and over records."""

    is_everywhere: bool
    countries: list[str]
    records: list[UUID]

    @property
    def reach(self) -> Reach:
        """The kinds of these offices."""
        return Reach(self.is_everywhere, bool(self.countries), bool(self.records))

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of `taken_from`."""
        return {"countries": self.countries, "records": self.records}


def places_of(offices: Iterable[str]) -> Places:
    """Where these steps are taken."""
    places = {step.partition(" ")[2] for step in offices}
    countries = places & COUNTRIES.keys()
    return Places("" in places, sorted(countries), [UUID(key) for key in sorted(places - countries - {""})])


def taken_from(view: FromClause, names: Iterable[str], reach: Reach) -> list[Select[Any]]:
    """The steps of a view of work that the caller takes: those of their accounts, and those of their offices. `names`
    are the columns. Whoever has an office everywhere reads all steps, so once; the others find theirs by account and by
    place. Parameters: `caller_parameters`, `offices`, `Places.parameters`."""
    rows = view.c
    found = select(*(rows[name] for name in names))
    if "first_day" in rows:
        found = found.where(or_(rows.first_day.is_(None), rows.first_day <= TODAY), is_another_than(rows.submitted_by))
    of_office = and_(rows.account_id.is_(None), _by_office(rows, reach))
    if reach.is_everywhere:
        return [found.where(or_(rows.account_id == ME, of_office))]
    return [found.where(rows.account_id == ME), found.where(of_office, or_(false(), *_within(rows, reach)))]


def _by_office(rows: Any, reach: Reach) -> ColumnElement[bool]:
    """Whether an office of the caller takes a step. Offices of kinds that the caller has not are not compared."""
    step = rows.resource + literal(".") + rows.verb
    if not (reach.has_countries or reach.has_records):
        return is_in_office(step)
    country = func.coalesce(rows.taken_in, rows.country) if "taken_in" in rows else rows.country
    taken_by = is_in_office(step, country, rows.get("scope_id", rows.id))
    if "own_id" in rows:
        taken_by = and_(taken_by, or_(rows.own_id.is_(None), is_not_over(step, rows.own_id)))
    if "institution_id" not in rows:
        return taken_by
    of_host = is_in_office(step, rows.country, rows.institution_id)
    return or_(taken_by, and_(of_host, rows.entered_by == any_(bindparam("labels", type_=ARRAY(Text)))))


def _within(rows: Any, reach: Reach) -> Iterator[ColumnElement[bool]]:
    """Conditions by which indexes find the steps of offices in countries and over records."""
    if reach.has_countries:
        country = func.coalesce(rows.taken_in, rows.country) if "taken_in" in rows else rows.country
        yield country == any_(bindparam("countries", type_=ARRAY(Text)))
    if reach.has_records:
        keys = (rows.get("scope_id", rows.id), rows.get("institution_id"))
        yield from (key == any_(bindparam("records", type_=ARRAY(Uuid))) for key in keys if key is not None)


def light(due: datetime | None, at: datetime) -> str | None:
    """`green` until seven days before the due time, then `yellow`, from the due time on `red`; None without one."""
    if due is None:
        return None
    if due <= at:
        return RED
    return YELLOW if due - at <= _SOON else GREEN


def place_in_list(due: ColumnElement[Any]) -> ColumnElement[Any]:
    """The `place` of a step in a list: steps without a due time come last."""
    return func.coalesce(due, _LATEST).label("place")


def earliest_first(
    steps_taken: FromClause, *more: ColumnElement[Any], by_kind: bool, by_due: bool, going_on: bool
) -> Select[Any]:
    """A page of steps in the order of their due times, each with its `place`. `more` are further columns. Parameters:
    `limit`, and `kind`, `due_before` and `after_…` where they are asked for."""
    rows = steps_taken.c
    conditions = []
    if by_kind:
        conditions.append(func.split_part(rows.resource, ".", 2) == bindparam("kind", type_=Text))
    if by_due:
        conditions.append(rows.due < bindparam("due_before", type_=DateTime(timezone=True)))
    found = select(*rows, place_in_list(rows.due), *more).where(*conditions).subquery("found")
    order = (found.c.place, found.c.resource, found.c.id, found.c.verb)
    query = select(found)
    if going_on:
        after = tuple_(*(bindparam(f"after_{n}", type_=key.type) for n, key in enumerate(KEYS)))
        query = query.where(tuple_(*order) > after)
    return query.order_by(*order).limit(bindparam("limit"))
