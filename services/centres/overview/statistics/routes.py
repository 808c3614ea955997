"""Statistics over HTTP: sums of the figures in reports."""

from dataclasses import asdict
from typing import Any

from fastapi import Response

from services.centres.access import ROLES
from services.centres.designation.centres.domain import DESIGNATED
from services.centres.designation.stages.routes import KEYS as STAGE_KEYS
from services.centres.designation.stages.routes import stage_durations
from services.centres.overview.statistics.domain import keys_of
from services.centres.overview.statistics.queries import FILTERS, KEYS, FigureNumbers, figures
from services.centres.overview.statistics.schemas import DEFINITION, CentreStatistics
from services.centres.questions.report_templates.domain import ANNUAL
from services.centres.questions.report_templates.queries import published
from services.centres.reporting.annual_reports import domain as reports
from services.centres.reporting.annual_reports.operations import REPORTS
from shared.kernel.clock import today
from shared.kernel.decimals import to_text
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.records.filters import chosen
from shared.records.statistics import LARGEST, columns_of, key_of
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.records.statistics import keys_in, too_many, who_is_counted
from shared.web.records.tables import CONTROLS, TABLE, as_table
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("centres", "statistics", "statistic"), ROLES)
_FIGURES, _STAGES = "figures", "stages"
_PARAMETERS: Said = {
    "of": Chosen(f"What is counted: `{_STAGES}`, or `{_FIGURES}`, the default.", (_STAGES, _FIGURES)),
    "figure": "The key of the figure, in the latest questions that ask for it.",
    "by": f"What to count by, in order, separated by commas. Of `{_FIGURES}`: {', '.join(KEYS)}; default:"
    f" `country,year`. Of `{_STAGES}`: {', '.join(STAGE_KEYS)}; default: both.",
}
_Key = tuple[str | int | None, ...]


@router.get(
    "",
    options=RouteOptions(
        is_public=True, query=query_of(*CONTROLS, filters=FILTERS.values(), described={**_PARAMETERS, **TABLE})
    ),
    operation_id="getCentreStatistics",
    summary="Measure how long files take, or sum a figure of reports",
    responses={200: {"model": CentreStatistics}},
)
async def get_statistics(ctx: CurrentContext) -> Response:
    """`of=stages`: the median and the 90th percentile of the days that files spent in each stage, by the year in which
    they left it; none of fewer than five files. `of=figures`: the sum of a figure over accepted reports, with how many
    of the owed reports have it (`reported` of `expected`). Only public figures are summed. A figure whose key changed
    is found by `same_as` in older questions."""
    of = parameters_of(ctx.request).get("of", _FIGURES)
    if of not in _KINDS:
        raise invalid_parameter("of", f"One of {', '.join(_KINDS)}.")
    return await _KINDS[of](ctx)


async def _figure_sums(ctx: RequestContext) -> Response:
    given = parameters_of(ctx.request)
    by = keys_in(ctx.request, KEYS, "country,year")
    wanted = chosen(FILTERS, given)
    figure = given.get("figure", "")
    access = ctx.access_on(REPORTS.resource)
    async with ctx.connection() as connection:
        keys = keys_of(figure, await published(connection, ANNUAL))
        if not keys:
            raise invalid_parameter("figure", "The key of a figure of the questions of reports.")
        rows = await figures(connection, access, keys, columns_of(by), wanted, today())
    sums: dict[_Key, FigureNumbers] = {}
    total = FigureNumbers()
    for row, numbers in rows:
        sums.setdefault(key_of(by, row), FigureNumbers()).add(numbers)
        total.add(numbers)
    if len(sums) > LARGEST:
        raise too_many()
    ordered = sorted(sums, key=lambda key: tuple("" if part is None else str(part) for part in key))
    content = {
        "items": [{**dict(zip(by, key, strict=True)), **_shown(sums[key])} for key in ordered],
        "as_of": today(),
        "definition": DEFINITION.format(
            figure=figure,
            of_reports=who_is_counted("reports", reports.PUBLISHED, access.access_kind),
            of_centres=who_is_counted("centres", DESIGNATED, access.access_kind),
        ),
        "total": _shown(total),
    }
    return as_table(ctx, document_response(ctx, content), (*by, *asdict(total)))


def _shown(of: FigureNumbers) -> dict[str, Any]:
    return {**asdict(of), "value": None if of.value is None else to_text(of.value)}


_KINDS = {_STAGES: stage_durations, _FIGURES: _figure_sums}
