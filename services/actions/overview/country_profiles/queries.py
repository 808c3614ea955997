"""Reading what everybody may know of a country, by a fixed number of queries."""

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import ROLES
from services.actions.exchange.iati.domain import Plan
from services.actions.exchange.iati.queries import latest_plan
from services.actions.exchange.open_data.datasets import PUBLIC_MILESTONE
from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.overview.countries.domain import stage_on
from services.actions.overview.countries.queries import stages
from services.actions.overview.countries.reporting import owed_reports
from services.actions.overview.country_profiles.comparing import OF_REPORTS, changed_at, compared
from services.actions.overview.country_profiles.domain import CountryProfile
from services.actions.plan.frameworks.record import Framework
from services.actions.plan.frameworks.tables import framework
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes.operations import PROGRAMMES
from shared.database.statements import Connection, Statement
from shared.kernel.clock import today
from shared.kernel.principal import ANONYMOUS
from shared.records.access_scope import access_scope_for
from shared.records.rows import record_of, records_of

_OF_PROGRAMMES = access_scope_for(ANONYMOUS, ROLES, PROGRAMMES.resource)
MOST_MILESTONES = 5_000
"""The first milestones of a programme, by day."""
_MILESTONES = Statement(
    select(milestone)
    .where(milestone.c.action_id == any_(bindparam("ids", type_=ARRAY(Uuid))), PUBLIC_MILESTONE)
    .order_by(milestone.c.due, milestone.c.id)
    .limit(MOST_MILESTONES)
)
_FRAMEWORK = Statement(select(framework).where(framework.c.code == bindparam("code")))


async def profile_of(connection: Connection, code: str) -> CountryProfile:
    """The profile of a country, in a snapshot of what everybody may know."""
    stage = stage_on((await stages(connection, EVERYBODY, [code])).get(code), today())
    plan, (comparison, sources) = await latest_plan(connection, code), await compared(connection, code)
    row = await _FRAMEWORK.fetchrow(connection, code=plan.programme.framework) if plan else None
    found = record_of(Framework, row) if row else None
    owed = await owed_reports(connection, _OF_PROGRAMMES, OF_REPORTS, code, today())
    published = {one.report for one in owed if one.report}
    return CountryProfile(
        code,
        stage,
        plan,
        found.core if found else None,
        found.pillars if found else (),
        comparison,
        owed,
        await changed_at(connection, sources | published),
        await _milestones_of(connection, plan) if plan else (),
    )


async def _milestones_of(connection: Connection, plan: Plan) -> list[Milestone]:
    return records_of(Milestone, await _MILESTONES.fetch(connection, ids=[one.id for one in plan.actions]))
