"""The stored state of results by the rules that validate them, by which lists are filtered."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, column, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from services.actions.measurement.periods.tables import period
from services.actions.measurement.results import domain
from services.actions.measurement.results.comparisons import AT_ONCE, surroundings_of
from services.actions.measurement.results.queries import is_same_subject
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result, validation_state
from services.actions.measurement.results.validation import state_of, violations
from services.actions.measurement.validation_rules.evaluation import ActiveRule
from services.actions.measurement.validation_rules.queries import RULES_LOCK, active_rules
from shared.database.context import Lookup
from shared.database.locks import lock_names, share_names
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import constant
from shared.records.rows import records_of

_MOST_DEPENDENT = 10_000
_r, _v = result.c, validation_state.c
_other, _its_period, _period = result.alias("other"), period.alias("its"), period.alias("of_other")
_IS_LIVING = [constant(status) for status in (*domain.OPEN, "published")]
_given = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(column("result_id", Uuid), column("indicator_id", Uuid))
    .render_derived("given", with_types=True)
)


def _dependent(*, is_later: bool) -> Select[Any]:
    """The living results of given indicators and of the subject of a result, in its period or in later ones."""
    query = select(_other.c.id).where(
        _other.c.indicator_id == _given.c.indicator_id,
        _other.c.status.in_(_IS_LIVING),
        is_same_subject(_other.c),
    )
    if is_later:
        query = (
            query.join(_period, _period.c.id == _other.c.period_id)
            .join(_its_period, _its_period.c.id == _r.period_id)
            .where(_period.c.starts > _its_period.c.ends)
        )
    else:
        query = query.where(_other.c.period_id == _r.period_id)
    found = query.correlate(result, _given).lateral("found")
    source = _given.join(result, _r.id == _given.c.result_id).join(found, true())
    return select(found.c.id).select_from(source).distinct().limit(_MOST_DEPENDENT)


_DEPENDENT = {is_later: Lookup(_dependent(is_later=is_later)) for is_later in (False, True)}
_BY_ID = Lookup(
    select(result).where(_r.id == any_(bindparam("ids", type_=ARRAY(Uuid)))).order_by(_r.id).limit(_MOST_DEPENDENT)
)
_AFTER = bindparam("after", type_=Uuid)
_IN_ORDER = select(_r.id, _r.country).where(_r.status.in_(_IS_LIVING), _r.id > _AFTER).order_by(_r.id).limit(AT_ONCE)
_COUNTRY = bindparam("country", type_=Text)
_OF_INDICATORS = Lookup(
    _IN_ORDER.where(
        _r.indicator_id == any_(bindparam("indicators", type_=ARRAY(Uuid))),
        or_(_COUNTRY.is_(None), _r.country == _COUNTRY),
    )
)
_OF_COUNTRY = Lookup(_IN_ORDER.where(_r.country == _COUNTRY))
_WITHOUT_STATE = Lookup(_IN_ORDER.where(~select(_v.result_id).where(_v.result_id == _r.id).exists()))
_KEEP = Statement(
    select(_r.id)
    .where(_r.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(_r.id)
    .with_for_update(read=True, key_share=True)
)
"""Waits for whoever writes these results. A new state refers to its result, so it would wait after the lock of the
country, for which writers wait."""
_states = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(*(column(each.key, each.type) for each in _v))
    .render_derived("states", with_types=True)
)
_inserted = insert(validation_state).from_select([each.key for each in _v], select(*_states.c))
_STORE = Statement(
    _inserted.on_conflict_do_update(
        index_elements=[_v.result_id],
        set_={"state": _inserted.excluded.state},
        where=_v.state != _inserted.excluded.state,
    )
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Results that are validated anew: those of these indicators, or of all; in a country, or in all."""

    indicators: Sequence[UUID] | None
    country: str | None


async def revalidate(uow: UnitOfWork, changed: Sequence[Result]) -> None:
    """Stores the states of stored results, and of those that are compared with them, whoever asks.

    Call it once in a transaction, after its last write of results: the locks of their countries, which it takes, come
    after those of rows. So the states follow from the values in whichever order transactions commit.
    """
    await _lock(uow, {one.country for one in changed})
    ids = {one.id for one in changed} | await _dependent_on(uow.connection, changed)
    await _store(uow.connection, ids)


async def revalidate_next(uow: UnitOfWork, chosen: Chosen | None, after: UUID) -> UUID | None:
    """Stores the states of the next 500 living results after an id: the chosen ones, or else those without a state.
    Returns the last id; None if there are no more. The unit of work writes every row."""
    if chosen is None:
        rows = await _WITHOUT_STATE.fetch(uow.connection, after=after)
    elif chosen.indicators is None:
        rows = await _OF_COUNTRY.fetch(uow.connection, after=after, country=chosen.country)
    else:
        wanted = {"indicators": chosen.indicators, "country": chosen.country}
        rows = await _OF_INDICATORS.fetch(uow.connection, after=after, **wanted)
    if not rows:
        return None
    await _KEEP.fetch(uow.connection, ids=[row["id"] for row in rows])
    await _lock(uow, {row["country"] for row in rows})
    await _store(uow.connection, {row["id"] for row in rows})
    last: UUID = rows[-1]["id"]
    return last


async def lack_states(connection: Connection) -> bool:
    """Whether a living result has no state yet."""
    return bool(await _WITHOUT_STATE.fetch(connection, after=UUID(int=0)))


async def _lock(uow: UnitOfWork, countries: Collection[str]) -> None:
    await share_names(uow.connection, RULES_LOCK)
    await lock_names(uow.connection, *(f"validation of {country}" for country in sorted(countries)))


async def _store(connection: Connection, ids: Collection[UUID]) -> None:
    results = records_of(Result, await _BY_ID.fetch(connection, ids=sorted(ids)))
    around = await surroundings_of(connection, results)
    rows = [
        {
            "result_id": str(one.id),
            "country": one.country,
            "centre_id": one.centre_id and str(one.centre_id),
            "state": state_of(violations(one, around[one.id])),
        }
        for one in results
    ]
    await _STORE.execute(connection, rows=rows)


async def _dependent_on(connection: Connection, changed: Sequence[Result]) -> set[UUID]:
    """The living results that are compared with changed ones. Only what was published counts in later periods."""
    with_period = [one for one in changed if one.period_id is not None]
    rules = await active_rules(connection, {one.indicator_id for one in with_period})
    compared = [(one.id, *each) for one in with_period for each in sorted({*_compared_with(one, rules)})]
    ids: set[UUID] = set()
    for is_later, statement in _DEPENDENT.items():
        rows = [{"result_id": str(one), "indicator_id": str(key)} for one, key, later in compared if later == is_later]
        if rows:
            ids |= {row["id"] for row in await statement.fetch(connection, rows=rows)}
    return ids


def _compared_with(record: Result, rules: Sequence[ActiveRule]) -> Iterator[tuple[UUID, bool]]:
    """The indicators whose results are compared with this one, each with whether they are those of later periods."""
    was_published = record.published_at is not None
    if was_published:
        yield record.indicator_id, True
    for rule in rules:
        if record.indicator_id in rule.same:
            yield from ((key, False) for key in rule.same)
        if was_published and record.indicator_id in rule.earlier:
            yield from ((key, True) for key in rule.same)
