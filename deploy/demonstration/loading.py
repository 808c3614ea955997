"""Entering the whole demonstration, once."""

from collections.abc import Mapping
from uuid import UUID

from deploy.demonstration import accounting, networks, participation, plans, register
from deploy.demonstration.accounts import Officials, officials
from deploy.demonstration.making import Making, making
from deploy.demonstration.story import CHAPTERS, REPORTING, Country

_BEGUN = "SELECT DISTINCT country FROM action_correspondence WHERE country = ANY($1)"
_MEASURED = """
SELECT count(DISTINCT (r.country, r.period_id)) FROM action_result r JOIN action_period p ON p.id = r.period_id
WHERE r.country = ANY($1) AND p.framework = $2
"""


async def load(database_url: str, accounts: Mapping[str, Mapping[str, str]]) -> UUID | None:
    """Enters what is missing: after an interruption, the countries without any letter and what follows from all.
    Returns the host of the centre of Kappaland, or None if nothing was missing."""
    people = officials(accounts)
    async with making(database_url) as opened:
        begun, is_measured = await _state(opened)
        if is_measured:
            return None
        known = await register.enter(opened)
        await networks.asked(opened, opened.ago(1_290))
        measures = await plans.framed(opened, opened.ago(1_290))
        countries = {code: Country(opened, people, known, measures, code) for code in CHAPTERS}
        for code, chapter in CHAPTERS.items():
            if code not in begun:
                await chapter(countries[code])
        await networks.renewals_opened(opened, opened.ago(119), [*CHAPTERS])
        await participation.supported(opened, known)
        await participation.linked(opened, people, accounts, known)
        reviewer = known.experts["XJ"][participation.MEMBER], UUID(accounts["member"]["account_id"])
        await networks.review_invited(opened, "XG", *reviewer)
        await participation.called(opened, people, accounts, known)
        await participation.awaited(opened, people, known)
        await _reported(opened, people, countries, measures)
    return known.institutions["XJ"][0]


async def _reported(
    opened: Making, people: Officials, countries: Mapping[str, Country], measures: plans.Measures
) -> None:
    """What the countries with programmes report: year after year, since the periods close one after the other."""
    await accounting.asked(opened, measures, opened.ago(1_000))
    await accounting.asked_for(opened, people, countries["XI"].network, opened.ago(12))
    for year in measures.years:
        is_last = year == measures.years[-1]
        for code, (results, report) in REPORTING.items():
            at = (opened, people, countries[code].network)
            programme = await countries[code].programme_id()
            last = report if is_last else "publish"
            await accounting.reported(*at, programme, measures, year, last)
            await plans.measured(*at, measures, year, results if is_last else "publish")
    programme = await countries["XJ"].programme_id()
    await accounting.assessed(opened, people, countries["XJ"].network, programme, measures, opened.ago(400))


async def _state(making: Making) -> tuple[set[str], bool]:
    """The countries that have begun, and whether the last chapter is written."""
    async with making.on(making.last, "actions") as opened:
        connection = opened.uow.connection
        begun = {row["country"] for row in await connection.fetch(_BEGUN, [*CHAPTERS])}
        measured = await connection.fetchval(_MEASURED, [*REPORTING], plans.code_of(making))
        return begun, measured >= len(REPORTING) * plans.YEARS
