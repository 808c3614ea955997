"""Reading what is aggregated: indicators, the values of their published results, and the countries that are expected to
report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.measurement.aggregates.stages import Form, statement
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.tables import programme
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.clock import end_of
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.rows import records_of

_i = indicator.c
_LAUNCHED = [constant(status) for status in programmes.LAUNCHED]


@dataclass(frozen=True, slots=True)
class Selection:
    """The results that are read: those of these countries, and of the periods with these codes, within these days, and
    of this length."""

    codes: Sequence[str] | None = None
    first: date | None = None
    last: date | None = None
    step: str | None = None
    countries: Sequence[str] | None = None

    @property
    def conditions(self) -> Mapping[str, Any]:
        """The values of the conditions that there are, by name."""
        given = {
            "codes": self.codes,
            "first": self.first,
            "last": self.last,
            "step": self.step,
            "countries": self.countries,
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def is_one(self) -> bool:
        """Whether it is one period."""
        return self.codes is not None and len(self.codes) == 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What values are asked for. `part` is the key of a dimension, if any; `day` is one in the past."""

    selection: Selection
    by: tuple[str, ...]
    part: str | None
    day: date | None


def _named(access_kind: AccessKind) -> Select[Any]:
    is_named = or_(
        _i.id == any_(bindparam("ids", type_=ARRAY(Uuid))), _i.code == any_(bindparam("codes", type_=ARRAY(Text)))
    )
    query = select(indicator).where(is_named, visible(indicator, access_kind, indicators.PUBLISHED))
    return within_context(query.where(_i.status != constant("draft")).order_by(_i.code, _i.id))


def _expected(access_kind: AccessKind) -> Select[Any]:
    launched = visible(programme, access_kind, programmes.PUBLISHED)
    query = select(programme.c.framework, programme.c.country).where(programme.c.status.in_(_LAUNCHED), launched)
    return within_context(query.distinct())


_NAMED, _EXPECTED, _VALUES = Shapes(_named), Shapes(_expected), Shapes(statement)


async def named(
    connection: Connection, access: AccessScope, ids: Sequence[UUID], codes: Sequence[str]
) -> list[Indicator]:
    """The published indicators with these ids or codes that the caller may know of, by code."""
    rows = await _NAMED.get(access.access_kind).fetch(connection, ids=ids, codes=codes, **access.parameters)
    return records_of(Indicator, rows)


async def values(
    connection: Connection, access: AccessScope, found: Sequence[Indicator], asked: Asked
) -> dict[str, list[Row]]:
    """The values of each indicator, by its id, over the results that the caller may know of, today or at the end of a
    day: the columns of `stages.statement`. At most one more of each form than a response holds."""
    of_form: dict[Form, list[UUID]] = {}
    for one in found:
        of_form.setdefault(_form(one, access.access_kind, asked), []).append(one.id)
    until = asked.day and end_of(asked.day)
    bound = {**asked.selection.conditions, "until": until, "key": asked.part or ""}
    values: dict[str, list[Row]] = {}
    for form, ids in of_form.items():
        for row in await _VALUES.get(form).fetch(connection, ids=ids, **bound, **access.parameters):
            values.setdefault(row[0], []).append(row)
    return values


def _form(of: Indicator, access_kind: AccessKind, asked: Asked) -> Form:
    return Form(
        access_kind,
        of.across,
        of.over_time,
        is_percentage=of.measure == "percentage",
        is_coded=of.measure in indicators.CODED,
        is_whole=of.reported_by == "country",
        by=asked.by,
        conditions=tuple(asked.selection.conditions),
        has_day=asked.day is not None,
        is_one_period=asked.selection.is_one,
    )


async def expected(connection: Connection, access: AccessScope) -> dict[str, set[str]]:
    """The countries with a launched programme that the caller may know of, by framework."""
    found: dict[str, set[str]] = {}
    for row in await _EXPECTED.get(access.access_kind).fetch(connection, **access.parameters):
        found.setdefault(row["framework"], set()).add(row["country"])
    return found
