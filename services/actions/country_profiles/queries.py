"""Reading what everybody may know of a country, by a fixed number of queries."""

from sqlalchemy import bindparam, select

from services.actions.access import ROLES
from services.actions.assessments.comparison import comparison
from services.actions.assessments.domain import LARGEST, Wanted
from services.actions.assessments.operations import ASSESSMENTS
from services.actions.countries.domain import stage_on
from services.actions.countries.queries import stages
from services.actions.countries.reporting import owed_reports
from services.actions.country_profiles.domain import Comparison, CountryProfile
from services.actions.frameworks.record import Framework
from services.actions.frameworks.tables import framework
from services.actions.iati.queries import latest_plan
from services.actions.open_data.queries import EVERYBODY
from services.actions.programmes.operations import PROGRAMMES
from services.actions.reports.operations import REPORTS
from shared.database.statements import Connection, Statement
from shared.kernel.clock import today
from shared.kernel.principal import ANONYMOUS
from shared.records.access_scope import access_scope_for
from shared.records.rows import record_of

_OF_ASSESSMENTS, _OF_PROGRAMMES, _OF_REPORTS = (
    access_scope_for(ANONYMOUS, ROLES, one.resource) for one in (ASSESSMENTS, PROGRAMMES, REPORTS)
)
_FRAMEWORK = Statement(select(framework).where(framework.c.code == bindparam("code")))


async def profile_of(connection: Connection, code: str) -> CountryProfile:
    """The profile of a country, in a snapshot of what everybody may know."""
    stage = stage_on((await stages(connection, EVERYBODY, [code])).get(code), today())
    plan, compared = await latest_plan(connection, code), await _compared(connection, code)
    row = await _FRAMEWORK.fetchrow(connection, code=plan.programme.framework) if plan else None
    owed = await owed_reports(connection, _OF_PROGRAMMES, _OF_REPORTS, code, today())
    if row is None:
        return CountryProfile(code, stage, plan, None, (), compared, owed)
    found = record_of(Framework, row)
    return CountryProfile(code, stage, plan, found.core, found.pillars, compared, owed)


async def _compared(connection: Connection, code: str) -> list[Comparison]:
    found = await comparison(connection, _OF_ASSESSMENTS, _OF_REPORTS, Wanted(code))
    return [
        Comparison(
            *one.subject,
            own=one.own.completion if one.own else None,
            independent=one.independent.completion if one.independent else None,
            difference=one.difference,
        )
        for one in found[:LARGEST]
    ]
