"""Reading what everybody may know of a country, by a fixed number of queries."""

from sqlalchemy import bindparam, select

from services.actions.countries.domain import stage_on
from services.actions.countries.queries import stages
from services.actions.country_profiles.domain import CountryProfile
from services.actions.frameworks.record import Framework
from services.actions.frameworks.tables import framework
from services.actions.iati.queries import latest_plan
from services.actions.open_data.queries import EVERYBODY
from shared.database.statements import Connection, Statement
from shared.kernel.clock import today
from shared.records.rows import record_of

_FRAMEWORK = Statement(select(framework).where(framework.c.code == bindparam("code")))


async def profile_of(connection: Connection, code: str) -> CountryProfile:
    """The profile of a country, in a snapshot of what everybody may know."""
    stage = stage_on((await stages(connection, EVERYBODY, [code])).get(code), today())
    plan = await latest_plan(connection, code)
    row = await _FRAMEWORK.fetchrow(connection, code=plan.programme.framework) if plan else None
    if row is None:
        return CountryProfile(code, stage, plan, None, ())
    found = record_of(Framework, row)
    return CountryProfile(code, stage, plan, found.core, found.pillars)
