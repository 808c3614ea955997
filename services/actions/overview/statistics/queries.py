"""What is counted, and the sums of budgets."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import FromClause, Integer, Numeric, Select, Text, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnElement

from services.actions.governments.endorsements import domain as endorsements
from services.actions.governments.endorsements.record import Endorsement
from services.actions.measurement.results import domain as results
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.values import KINDS
from services.actions.overview.countries.domain import RUNGS
from services.actions.overview.countries.operations import COUNTRIES
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.queries import LISTING as ACTIONS
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.reporting.assessments import domain as assessments
from services.actions.reporting.assessments.record import Assessment
from services.actions.reporting.reports import domain as reports
from services.actions.reporting.reports.record import Report
from services.actions.support.support_requests import domain as support
from services.actions.support.support_requests.record import SupportRequest
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.counted import Column, Counted, Dimension
from shared.records.filters import Names, filter_arguments, filter_names, one_of
from shared.records.references import NAMED_CENTRES, NAMED_EXPERTS, NAMED_INSTITUTIONS, Nameable
from shared.records.statistics import LARGEST

_SUPPORTS = Resource("membership", "supports", "support")
_STAGES = tuple(str(rung) for rung in range(1, len(RUNGS) + 1))


def _word(number: int) -> Column:
    """A word of the category: the pillar, kind and framework of actions; the framework, kind and period of results;
    the framework, kind, completion and period of assessments; the framework and period of reports."""
    return lambda rows: func.split_part(
        rows.c.category, literal_column("' '", Text), literal_column(str(number), Integer), type_=Text
    )


def _named(kind: str, named: Nameable) -> Counted:
    """Records of another service, in their published states."""
    return Counted(named.resource, kind, named.published, tuple(sorted(named.published)))


def _status(rows: FromClause) -> ColumnElement[Any]:
    return rows.c.status


COUNTED: Mapping[str, Counted] = {
    "programmes": Counted(
        Programme.resource_type,
        "programme",
        programmes.PUBLISHED,
        programmes.LIFECYCLE.states,
        (Dimension("framework", "Codes of frameworks", str),),
    ),
    "actions": Counted(
        Action.resource_type,
        "action",
        actions.PUBLISHED,
        actions.LIFECYCLE.states,
        (
            Dimension("pillar", "Pillars", one_of(actions.PILLARS), _word(1)),
            Dimension("kind", "Kinds", one_of(actions.KINDS), _word(2)),
            Dimension("framework", "Codes of frameworks", str, _word(3)),
        ),
        is_public=False,
    ),
    "milestones": Counted(
        Milestone.resource_type, "milestone", milestones.PUBLISHED, milestones.LIFECYCLE.states, is_public=False
    ),
    "endorsements": Counted(
        Endorsement.resource_type, "endorsement", endorsements.PUBLISHED, endorsements.LIFECYCLE.states, is_public=False
    ),
    "results": Counted(
        Result.resource_type,
        "result",
        results.PUBLISHED,
        results.LIFECYCLE.states,
        (
            Dimension("framework", "Codes of frameworks", str, _word(1)),
            Dimension("kind", "Kinds", one_of(KINDS), _word(2)),
            Dimension("period", "Codes of periods", str, _word(3)),
        ),
        is_public=False,
    ),
    "assessments": Counted(
        Assessment.resource_type,
        "assessment",
        assessments.PUBLISHED,
        assessments.LIFECYCLE.states,
        (
            Dimension("framework", "Codes of frameworks", str, _word(1)),
            Dimension("kind", "Kinds of subjects", one_of(assessments.KINDS), _word(2)),
            Dimension("completion", "Completions", one_of(assessments.COMPLETIONS), _word(3)),
            Dimension("period", "Codes of periods", str, _word(4)),
        ),
    ),
    "reports": Counted(
        Report.resource_type,
        "report",
        reports.PUBLISHED,
        reports.LIFECYCLE.states,
        (
            Dimension("framework", "Codes of frameworks", str, _word(1)),
            Dimension("period", "Codes of periods", str, _word(2)),
        ),
        is_public=False,
    ),
    "support_requests": Counted(
        SupportRequest.resource_type,
        "support_request",
        support.PUBLISHED,
        support.LIFECYCLE.states,
        (Dimension("kind", "Kinds", one_of(support.KINDS)),),
        is_public=False,
    ),
    "centres": _named("centre", NAMED_CENTRES),
    "countries": Counted(
        COUNTRIES, "country", _STAGES, dimensions=(Dimension("stage", "Stages from 1 to 7", one_of(_STAGES), _status),)
    ),
}
"""By the value of `of`. Countries are counted in the stage that was last recorded."""
OF_MEMBERSHIP: Mapping[str, Counted] = {
    "experts": _named("expert", NAMED_EXPERTS),
    "institutions": _named("institution", NAMED_INSTITUTIONS),
    "supports": Counted(
        _SUPPORTS,
        "support",
        (),
        dimensions=(Dimension("capacity", "Capacities of supporters", str),),
        only="accepted",
        is_public=False,
    ),
}
"""What the statistics of membership count."""
BUDGET_KEYS = ("pillar", "country", "status", "kind")
BUDGET_FILTERS = {name: ACTIONS.filters[name] for name in (*BUDGET_KEYS, "region")}


def _budgets(access_kind: AccessKind, by: tuple[str, ...], names: Names) -> Select[Any]:
    keys = [*(action.c[name] for name in by), action.c.budget["currency"].astext.label("currency")]
    amount = func.trim_scale(func.sum(cast(action.c.budget["amount"].astext, Numeric))).label("amount")
    query = ACTIONS.matching(access_kind, names, "budget").where(action.c.budget.is_not(None))
    sums: Select[Any] = query.with_only_columns(*keys, amount, func.count().label("count"))
    return within_context(sums.group_by(*keys).order_by(*keys).limit(LARGEST + 1))


_BUDGETS = Shapes(_budgets)


async def budgets(
    connection: Connection, access: AccessScope, by: Sequence[str], filters: Mapping[str, Any]
) -> list[Row]:
    """The sums of the budgets that the caller sees, in each currency, for each value of `by`; at most one more than a
    response holds."""
    statement = _BUDGETS.get(access.access_kind, tuple(by), filter_names(filters))
    return await statement.fetch(connection, **filter_arguments(filters), **access.parameters)
