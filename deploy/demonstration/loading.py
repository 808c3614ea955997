"""Entering the whole demonstration, once."""

from collections.abc import Mapping

from deploy.demonstration import networks, participation, plans, register
from deploy.demonstration.accounts import officials
from deploy.demonstration.making import Making, making
from deploy.demonstration.story import CHAPTERS, MEASURED, Country

_BEGUN = "SELECT DISTINCT country FROM action_correspondence WHERE country = ANY($1)"
_MEASURED = """
SELECT count(DISTINCT (r.country, r.period_id)) FROM action_result r JOIN action_period p ON p.id = r.period_id
WHERE r.country = ANY($1) AND p.framework = $2
"""


async def load(database_url: str, accounts: Mapping[str, Mapping[str, str]]) -> bool:
    """Enters what is missing: after an interruption, the countries without any letter and what follows from all.
    Returns whether anything was."""
    people = officials(accounts)
    async with making(database_url) as opened:
        begun, is_measured = await _state(opened)
        if is_measured:
            return False
        known = await register.enter(opened)
        await networks.asked(opened, opened.ago(1_290))
        measures = await plans.framed(opened, opened.ago(1_290))
        countries = {code: Country(opened, people, known, measures, code) for code in CHAPTERS}
        for code, chapter in CHAPTERS.items():
            if code not in begun:
                await chapter(countries[code])
        await networks.renewals_opened(opened, opened.ago(119), [*CHAPTERS])
        await participation.supported(opened, known)
        await participation.linked(opened, accounts, known)
        await participation.called(opened, people, accounts, known)
        await participation.awaited(opened, people, known)
        for year in measures.years:
            for code, last in MEASURED.items():
                await countries[code].measured(year, last if year == measures.years[-1] else "publish")
    return True


async def _state(making: Making) -> tuple[set[str], bool]:
    """The countries that have begun, and whether the last chapter is written."""
    async with making.on(making.last, "actions") as opened:
        connection = opened.uow.connection
        begun = {row["country"] for row in await connection.fetch(_BEGUN, [*CHAPTERS])}
        measured = await connection.fetchval(_MEASURED, [*MEASURED], plans.code_of(making))
        return begun, measured >= len(MEASURED) * plans.YEARS
