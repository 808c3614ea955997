"""The datasets: which rows and fields everybody may know, by name. A name is one entry of `DATASETS`."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table, and_, column, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.tables import scheme_code
from services.actions.classification.schemes import domain as schemes
from services.actions.classification.schemes.tables import scheme
from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.exchange.open_data.reporting import public_answers
from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result
from services.actions.measurement.targets import domain as targets
from services.actions.measurement.targets.record import Target
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.assessments import domain as assessments
from services.actions.reporting.assessments.record import Assessment
from services.actions.reporting.assessments.tables import assessment
from services.actions.reporting.reports import domain as reports
from services.actions.reporting.reports.record import Report
from services.actions.reporting.reports.tables import report
from shared.contracts import views
from shared.open_data.datasets import Columns, Dataset, dataset_of, has_public, if_public, is_public, term_kinds
from shared.open_data.domain import Linked
from shared.records.references import NAMED_CENTRES, NAMED_COMMITTEES, NAMED_INSTITUTIONS


def _public_participants() -> ColumnElement[Any]:
    """The participants of an action that are public institutions."""
    part = func.jsonb_array_elements(action.c.participants).table_valued(column("value", JSONB), name="part")
    named = views.INSTITUTIONS.alias("named")
    key = func.cast(part.c.value["institution_id"].astext, named.c.id.type)
    known = select(named.c.id).where(named.c.id == key, is_public(named, NAMED_INSTITUTIONS.published)).exists()
    found = select(func.coalesce(func.jsonb_agg(part.c.value), literal_column("'[]'::jsonb"), type_=JSONB)).where(known)
    return found.correlate(action).scalar_subquery().label("participants")


def _of_subject(table: Table, published: Iterable[str]) -> ColumnElement[bool]:
    """Targets and results of public indicators, about countries, public actions and public centres."""
    return and_(
        is_public(table, published),
        has_public(indicator, table.c.indicator_id, is_public(indicator, indicators.PUBLISHED)),
        or_(table.c.action_id.is_(None), has_public(action, table.c.action_id, PUBLIC_ACTION)),
        or_(table.c.centre_id.is_(None), is_public_centre(table.c.centre_id)),
    )


def is_public_centre(key: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether everybody may know of the centre with this id."""
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
        linked=Linked("skos:Concept", f"{OPEN_DATA.path}/codes", term_kinds(columns, {"titles"}, ())),
    )


PUBLIC_PROGRAMME = is_public(programme, programmes.PUBLISHED)
PUBLIC_ACTION = and_(
    is_public(action, actions.PUBLISHED), has_public(programme, action.c.programme_id, PUBLIC_PROGRAMME)
)
PUBLIC_MILESTONE = and_(
    is_public(milestone, milestones.PUBLISHED), has_public(action, milestone.c.action_id, PUBLIC_ACTION)
)
_ASSESSED = or_(
    has_public(programme, assessment.c.subject_id, PUBLIC_PROGRAMME),
    has_public(action, assessment.c.subject_id, PUBLIC_ACTION),
    has_public(milestone, assessment.c.subject_id, PUBLIC_MILESTONE),
    is_public_centre(assessment.c.subject_id),
)
_ALL = (
    dataset_of(
        Programme,
        programme,
        "Country programmes",
        "The approved programme of each country under a framework, and its state.",
        "schema:Project",
        PUBLIC_PROGRAMME,
        committee_id=if_public(programme.c.committee_id, views.COMMITTEES, NAMED_COMMITTEES.published),
        centre_id=if_public(programme.c.centre_id, views.CENTRES, NAMED_CENTRES.published),
    ),
    dataset_of(
        Action,
        action,
        "Actions",
        "What the programmes do: when, where, with whom, and from which baseline.",
        "schema:Project",
        PUBLIC_ACTION,
        participants=_public_participants(),
    ),
    dataset_of(
        Milestone,
        milestone,
        "Milestones",
        "What the actions are to reach by which day, and what they have reached.",
        "schema:Event",
        PUBLIC_MILESTONE,
    ),
    dataset_of(
        Indicator,
        indicator,
        "Indicators",
        "What is measured, in which unit, and how values of several countries become one.",
        "schema:StatisticalVariable",
        is_public(indicator, indicators.PUBLISHED),
    ),
    dataset_of(
        Target,
        target,
        "Targets",
        "What countries, actions and centres are to reach in a period, by indicator.",
        "schema:Observation",
        _of_subject(target, targets.PUBLISHED),
    ),
    dataset_of(
        Result,
        result,
        "Results",
        "What was measured, by indicator and period, and the baselines: the values that hold now.",
        "schema:Observation",
        _of_subject(result, ("published",)),
        parts=("breakdown",),
    ),
    dataset_of(
        Report,
        report,
        "Progress reports",
        "What programmes report about periods: the answers to public questions.",
        "schema:Report",
        and_(is_public(report, reports.PUBLISHED), has_public(programme, report.c.programme_id, PUBLIC_PROGRAMME)),
        sections=public_answers(),
    ),
    dataset_of(
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
