"""The lists of actions that are exported with the members of their items. Those of actions and milestones have in
addition the headings of an import, those of reports a line for each figure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from services.actions.access import ROLES
from services.actions.coordination.tasks import queries as tasks
from services.actions.coordination.tasks import schemas as task
from services.actions.coordination.tasks.operations import TASKS
from services.actions.exchange.plan_sheets.actions import ACTION_IMPORT
from services.actions.exchange.plan_sheets.milestones import MILESTONE_IMPORT
from services.actions.governments.endorsements import queries as endorsements
from services.actions.governments.endorsements import schemas as endorsement
from services.actions.governments.endorsements.operations import ENDORSEMENTS
from services.actions.measurement.indicators import queries as indicators
from services.actions.measurement.indicators import schemas as indicator
from services.actions.measurement.indicators.operations import INDICATORS
from services.actions.plan.actions import schemas as action
from services.actions.plan.milestones import schemas as milestone
from services.actions.plan.programmes import queries as programmes
from services.actions.plan.programmes import schemas as programme
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.reporting.assessments import queries as assessments
from services.actions.reporting.assessments import schemas as assessment
from services.actions.reporting.assessments.operations import ASSESSMENTS
from services.actions.reporting.reports import queries as reports
from services.actions.reporting.reports import schemas as report
from services.actions.reporting.reports.operations import REPORTS
from services.actions.support.support_requests import queries as support_requests
from services.actions.support.support_requests import schemas as support_request
from services.actions.support.support_requests.operations import SUPPORT_REQUESTS
from shared.bulk.exported_list import ExportedList, cells_of, columns_of
from shared.bulk.importable import Importable
from shared.records.access_scope import AccessScope

Present = Callable[[Any, AccessScope], dict[str, Any]]
_OF_FIGURES = {"results": "result", "milestones": "milestone"}
_FIGURE = (
    *("figure", "figure_ref", "figure_status", "indicator", "action_id", "centre_id"),
    *("value", "numerator", "denominator", "code", "text", "missing", "revision", "due", "weight"),
)
"""The columns of a figure: a result, or a milestone with its `due` and `weight`."""


@dataclass(frozen=True, slots=True)
class _Reports(ExportedList):
    """Reports with their figures as they were submitted: a line for each, or one for a report without any."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The headings of the report, then those of a figure."""
        return (*columns_of(self.members), *_FIGURE)

    def lines(self, row: Mapping[str, Any], access: AccessScope) -> Iterable[dict[str, str]]:
        """The report in an export."""
        item = self.present(row, access)
        figures = cast(Mapping[str, Any], item.pop("figures", None) or {})
        of = {"ref": row["ref"], **cells_of(item)}
        found = [_figure(name, one) for kind, name in _OF_FIGURES.items() for one in figures.get(kind, ())]
        return [{**of, **cells} for cells in found or ({},)]


def _figure(name: str, figure: Mapping[str, Any]) -> dict[str, str]:
    own = {"figure": name, "figure_ref": figure["ref"], "figure_status": figure["status"]}
    return cells_of(own | {column: value for column, value in figure.items() if column in _FIGURE})


def _with_headings(of: Importable, members: Iterable[str], present: Present) -> ExportedList:
    """The list with the members of its items and the cells of an import."""

    def shown(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
        return {**present(row, access), **of.rows.cells(row, access)}

    return ExportedList(of.resource, ROLES, of.listing, {*members, *of.rows.headings}, shown, of.export_extra)


_WITH_FIGURES = replace(
    reports.LISTING, columns={**reports.LISTING.columns, "figures": reports.LISTING.item.columns["figures"]}
)
_NOT_LISTED = {"sections", "figures", "open_comments"}
EXPORTED = (
    *(
        ExportedList(kind.resource, ROLES, listing, response.model_fields, present)
        for kind, listing, response, present in (
            (ASSESSMENTS, assessments.LISTING, assessment.Assessment, assessment.present),
            (ENDORSEMENTS, endorsements.LISTING, endorsement.Endorsement, endorsement.present),
            (INDICATORS, indicators.LISTING, indicator.Indicator, indicator.present),
            (PROGRAMMES, programmes.LISTING, programme.Programme, programme.present),
            (SUPPORT_REQUESTS, support_requests.LISTING, support_request.SupportRequest, support_request.present),
            (TASKS, tasks.LISTING, task.Task, task.present),
        )
    ),
    _with_headings(ACTION_IMPORT, action.Action.model_fields, action.present),
    _with_headings(MILESTONE_IMPORT, milestone.Milestone.model_fields, milestone.present),
    _Reports(REPORTS.resource, ROLES, _WITH_FIGURES, {*report.Report.model_fields} - _NOT_LISTED, report.present),
)
