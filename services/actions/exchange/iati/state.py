"""What identifies the present content of activities."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, TableClause, Text, any_, bindparam, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.exchange.iati.document import Reporting
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.results.tables import result
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.tables import action, participant
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.evidence import domain as evidence_files
from services.actions.reporting.evidence.tables import evidence
from shared.contracts.views import INSTITUTIONS
from shared.database.statements import Connection, Statement
from shared.open_data.queries import state_of
from shared.records.access_scope import AccessKind, constant, visible

_IN_COUNTRIES = any_(bindparam("countries", type_=ARRAY(Text)))
_SOURCES: Mapping[TableClause, frozenset[str] | None] = {
    programme: programmes.PUBLISHED,
    action: actions.PUBLISHED,
    result: frozenset({"published"}),
    indicator: indicators.PUBLISHED,
    evidence: evidence_files.PUBLISHED,
    target: None,
}
"""By table, the states in which everybody may know of a record that is public; None for all."""


def _state(table: TableClause, *changing: ColumnElement[Any]) -> Select[Any]:
    state = func.concat_ws(" ", constant(table.name), *state_of(changing))
    return select(cast(state, Text).label("state")).select_from(table)


def _of_records() -> list[Select[Any]]:
    found = []
    for table, published in _SOURCES.items():
        states = _state(table, table.c.id, table.c.version).where(visible(table, AccessKind.ANONYMOUS, published))
        found.append(states if table in (indicator, evidence) else states.where(table.c.country == _IN_COUNTRIES))
    return found


def _of_institutions() -> Select[Any]:
    """Those that take part in an action: their published columns have no version."""
    published = visible(participant, AccessKind.ANONYMOUS, actions.PUBLISHED)
    named = select(participant.c.institution_id).where(published)
    shown = (INSTITUTIONS.c[name] for name in ("id", "display_name", "ror", "visibility", "status"))
    return _state(INSTITUTIONS, *shown).where(INSTITUTIONS.c.id.in_(named))


_STATES = Statement(union_all(*_of_records(), _of_institutions()))


async def tag_of(connection: Connection, countries: Sequence[str], by: Reporting, day: date) -> str:
    """The entity tag of the activities of these countries on a day: another one whenever anything in them changes."""
    rows = await _STATES.fetch(connection, countries=list(countries))
    state = " ".join((*sorted(row["state"] for row in rows), *countries, str(by), day.isoformat()))
    return f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'
