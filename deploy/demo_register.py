"""The seed of the fictional countries as content of a new system."""

from services.membership.seed import COUNTRIES, SECRETARIAT, enter
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work


async def load(database_url: str) -> None:
    """Creates the records through the public operations, unless the countries have any already."""
    settings = MembershipSettings(database_url=database_url)
    database = await Database.open(settings.database_dsn(), size=1, application="escm-demo")
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT, Origin(SECRETARIAT, f"demo-{uuid7()}")) as uow:
            known = "SELECT EXISTS (SELECT 1 FROM member_institution WHERE country = ANY($1))"
            if not await uow.connection.fetchval(known, list(COUNTRIES)):
                for country in COUNTRIES:
                    await enter(uow, country)
    finally:
        await database.close()
