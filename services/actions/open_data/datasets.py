"""The datasets: which rows and fields everybody may know, by name. A name is one entry of `DATASETS`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, and_, case, column, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.actions import domain as actions
from services.actions.actions.record import Action
from services.actions.actions.tables import action
from services.actions.assessments import domain as assessments
from services.actions.assessments.record import Assessment
from services.actions.assessments.tables import assessment
from services.actions.codes.tables import scheme_code
from services.actions.indicators import domain as indicators
from services.actions.indicators.record import Indicator
from services.actions.indicators.tables import indicator
from services.actions.milestones import domain as milestones
from services.actions.milestones.record import Milestone
from services.actions.milestones.tables import milestone
from services.actions.open_data.domain import OPEN_DATA, Linked, TermKind
from services.actions.open_data.reporting import public_answers
from services.actions.programmes import domain as programmes
from services.actions.programmes.record import Programme
from services.actions.programmes.tables import programme
from services.actions.reports import domain as reports
from services.actions.reports.record import Report
from services.actions.reports.tables import report
from services.actions.results.record import Result
from services.actions.results.tables import result
from services.actions.schemes import domain as schemes
from services.actions.schemes.tables import scheme
from services.actions.targets import domain as targets
from services.actions.targets.record import Target
from services.actions.targets.tables import target
from shared.contracts import views
from shared.records.access_scope import AccessKind, visible
from shared.records.columns import shown_columns
from shared.records.record import Audience, Record, Texts, fields_of
from shared.records.references import NAMED_CENTRES, NAMED_COMMITTEES, NAMED_INSTITUTIONS

Columns = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows that everybody may know. `where` are their conditions, `order` their unique order, `country` the column of
    their country, if they have one. `state` are columns that differ whenever a row does."""

    name: str
    title: str
    description: str
    columns: Columns
    where: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]
    state: tuple[ColumnElement[Any], ...]
    country: ColumnElement[Any] | None
    linked: Linked


def is_public(table: Any, published: Iterable[str]) -> ColumnElement[bool]:
    """Whether everybody may know of a row by itself."""
    return visible(table, AccessKind.ANONYMOUS, frozenset(published))


def _has_public(table: Table, key: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(table.c.id).where(table.c.id == key, condition).exists()


def _if_public(key: ColumnElement[Any], view: Any, published: Iterable[str]) -> ColumnElement[Any]:
    """The id of a record of another service, or null if the public may not know of it."""
    named = view.alias(f"named_{key.key}")
    known = select(named.c.id).where(named.c.id == key, is_public(named, published)).exists()
    return case((known, key)).label(str(key.key))


def _public_participants() -> ColumnElement[Any]:
    """The participants of an action that are public institutions."""
    part = func.jsonb_array_elements(action.c.participants).table_valued(column("value", JSONB), name="part")
    named = views.INSTITUTIONS.alias("named")
    key = func.cast(part.c.value["institution_id"].astext, named.c.id.type)
    known = select(named.c.id).where(named.c.id == key, is_public(named, NAMED_INSTITUTIONS.published)).exists()
    found = select(func.coalesce(func.jsonb_agg(part.c.value), literal_column("'[]'::jsonb"), type_=JSONB)).where(known)
    return found.correlate(action).scalar_subquery().label("participants")


def _of(
    record: type[Record],
    table: Table,
    title: str,
    description: str,
    linked_type: str,
    where: ColumnElement[bool],
    parts: Collection[str] = (),
    **replaced: ColumnElement[Any],
) -> Dataset:
    """The public fields of a kind of record, with these parts of it; `replaced` are columns that depend on other
    records, or consist of them."""
    columns = {**shown_columns(record, table, Audience.PUBLIC), **{name: table.c[name] for name in parts}, **replaced}
    resource = record.resource_type
    fields = {name: field for name, field in fields_of(record).items() if name in columns}
    texts = {name for name, field in fields.items() if field.type == Texts}
    references = {name: field.refers.path for name, field in fields.items() if field.refers}
    return Dataset(
        name=resource.plural,
        title=title,
        description=description,
        columns=columns,
        where=where,
        order=(table.c.id,),
        state=(table.c.id, table.c.version, *replaced.values()),
        country=table.c.country,
        linked=Linked(linked_type, resource.path, _kinds(columns, texts, references), references),
    )


def _kinds(columns: Columns, texts: Collection[str], references: Collection[str]) -> dict[str, TermKind]:
    return {
        name: "reference" if name in references else "texts" if name in texts else _kind(column)
        for name, column in columns.items()
    }


def _kind(column: ColumnElement[Any]) -> TermKind:
    if isinstance(column.type, JSONB):
        return "json"
    found = column.type.python_type
    kinds: Mapping[type, TermKind] = {date: "date", datetime: "instant", Decimal: "decimal"}
    return kinds.get(found, "plain")


def _of_subject(table: Table, published: Iterable[str]) -> ColumnElement[bool]:
    """Targets and results of public indicators, about countries, public actions and public centres."""
    return and_(
        is_public(table, published),
        _has_public(indicator, table.c.indicator_id, is_public(indicator, indicators.PUBLISHED)),
        or_(table.c.action_id.is_(None), _has_public(action, table.c.action_id, _ACTION)),
        or_(table.c.centre_id.is_(None), _is_public_centre(table.c.centre_id)),
    )


def _is_public_centre(key: ColumnElement[Any]) -> ColumnElement[bool]:
    centre = views.CENTRES.alias("named_centre")
    return select(centre.c.id).where(centre.c.id == key, is_public(centre, NAMED_CENTRES.published)).exists()


def _codes() -> Dataset:
    """The codes of the editions of schemes that were published. A change of a code is one of its edition."""
    columns: Columns = {
        "id": (scheme.c.code + "/" + scheme.c.edition + "/" + scheme_code.c.code).label("id"),
        "scheme": scheme.c.code.label("scheme"),
        "edition": scheme.c.edition,
        "status": scheme.c.status,
        **{name: scheme_code.c[name] for name in ("code", "parent", "kind", "titles", "uri")},
        "order": scheme_code.c.position.label("order"),
    }
    of_edition = and_(scheme_code.c.scheme_id == scheme.c.id, is_public(scheme, schemes.PUBLISHED))
    return Dataset(
        name="codes",
        title="Codes of classification schemes",
        description="The codes of every published edition: their parent, kind and titles by language.",
        columns=columns,
        where=of_edition,
        order=(scheme.c.code, scheme.c.edition, scheme_code.c.position, scheme_code.c.code),
        state=(scheme_code.c.code, scheme.c.id, scheme.c.version),
        country=None,
        linked=Linked("skos:Concept", f"{OPEN_DATA.path}/codes", _kinds(columns, {"titles"}, ())),
    )


_PROGRAMME = is_public(programme, programmes.PUBLISHED)
_ACTION = and_(is_public(action, actions.PUBLISHED), _has_public(programme, action.c.programme_id, _PROGRAMME))
_MILESTONE = and_(is_public(milestone, milestones.PUBLISHED), _has_public(action, milestone.c.action_id, _ACTION))
_ASSESSED = or_(
    _has_public(programme, assessment.c.subject_id, _PROGRAMME),
    _has_public(action, assessment.c.subject_id, _ACTION),
    _has_public(milestone, assessment.c.subject_id, _MILESTONE),
    _is_public_centre(assessment.c.subject_id),
)
_ALL = (
    _of(
        Programme,
        programme,
        "Country programmes",
        "The approved programme of each country under a framework, and its state.",
        "schema:Project",
        _PROGRAMME,
        committee_id=_if_public(programme.c.committee_id, views.COMMITTEES, NAMED_COMMITTEES.published),
        centre_id=_if_public(programme.c.centre_id, views.CENTRES, NAMED_CENTRES.published),
    ),
    _of(
        Action,
        action,
        "Actions",
        "What the programmes do: when, where, with whom, and from which baseline.",
        "schema:Project",
        _ACTION,
        participants=_public_participants(),
    ),
    _of(
        Milestone,
        milestone,
        "Milestones",
        "What the actions are to reach by which day, and what they have reached.",
        "schema:Event",
        _MILESTONE,
    ),
    _of(
        Indicator,
        indicator,
        "Indicators",
        "What is measured, in which unit, and how values of several countries become one.",
        "schema:StatisticalVariable",
        is_public(indicator, indicators.PUBLISHED),
    ),
    _of(
        Target,
        target,
        "Targets",
        "What countries, actions and centres are to reach in a period, by indicator.",
        "schema:Observation",
        _of_subject(target, targets.PUBLISHED),
    ),
    _of(
        Result,
        result,
        "Results",
        "What was measured, by indicator and period, and the baselines: the values that hold now.",
        "schema:Observation",
        _of_subject(result, ("published",)),
        parts=("breakdown",),
    ),
    _of(
        Report,
        report,
        "Progress reports",
        "What programmes report about periods: the answers to public questions.",
        "schema:Report",
        and_(is_public(report, reports.PUBLISHED), _has_public(programme, report.c.programme_id, _PROGRAMME)),
        sections=public_answers(),
    ),
    _of(
        Assessment,
        assessment,
        "Assessments",
        "What assessors found about programmes, actions, milestones and centres, and what governments replied.",
        "schema:Review",
        and_(is_public(assessment, assessments.PUBLISHED), _ASSESSED),
        parts=("subject_kind", "subject_id"),
    ),
    _codes(),
)
DATASETS: Mapping[str, Dataset] = {one.name: one for one in _ALL}
"""The datasets by name, in the order of the catalogue."""
