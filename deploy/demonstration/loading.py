"""Entering the whole demonstration, once."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

from deploy.demonstration import accounting, networks, participation, plans, register, rounds
from deploy.demonstration.accounts import Officials, officials
from deploy.demonstration.making import Making, making
from deploy.demonstration.register import Register
from deploy.demonstration.story import CHAPTERS, REPORTING, Country

_BEGUN = "SELECT DISTINCT country FROM action_correspondence WHERE country = ANY($1)"
_MEASURED = "SELECT count(DISTINCT (country, period_id)) FROM action_result WHERE country = ANY($1)"


async def load(database_url: str, accounts: Mapping[str, Mapping[str, str]]) -> UUID | None:
    """Enters what is missing: after an interruption, the countries without any letter and what follows from all.
    Returns the host of the centre of Kappaland, or None if nothing was missing."""
    people = officials(accounts)
    async with making(database_url) as opened:
        begun, is_whole = await _state(opened)
        if is_whole:
            return None
        known = await register.begin(opened)
        async with asyncio.TaskGroup() as both:
            both.create_task(_joined(opened, known))
            both.create_task(_governed(opened, people, known, begun))
        await participation.linked(opened, people, accounts, known)
        await networks.review_invited(opened, "XG", *participation.member(accounts, known))
        await participation.awaited(opened, people, known)
        await participation.called(opened, people, accounts, known)
    return known.institutions["XJ"][0]


async def _joined(making: Making, known: Register) -> None:
    """What people do, beside what countries do: another service, with numbers of its own."""
    await register.follow(making, known)
    await participation.supported(making, known)


async def _governed(making: Making, people: Officials, known: Register, begun: Collection[str]) -> None:
    """The story of each country, and what those with programmes report."""
    await networks.asked(making, making.ago(1_290))
    measures = await plans.framed(making, making.ago(1_290))
    countries = {code: Country(making, people, known, measures, code) for code in CHAPTERS}
    for code, chapter in CHAPTERS.items():
        if code not in begun:
            await chapter(countries[code])
    await networks.renewals_opened(making, making.ago(119), [*CHAPTERS])
    await _reported(making, people, countries, measures)


async def _reported(
    making: Making, people: Officials, countries: Mapping[str, Country], measures: plans.Measures
) -> None:
    """Year after year, since the periods close one after the other."""
    await accounting.asked(making, measures, making.ago(1_000))
    await accounting.asked_for(making, people, countries["XI"].network, making.ago(12))
    for year in measures.years:
        is_last = year == measures.years[-1]
        for code, (results, report) in REPORTING.items():
            at = (making, people, countries[code].network)
            programme = await countries[code].programme_id()
            await accounting.reported(*at, programme, measures, year, report if is_last else "publish")
            await plans.measured(*at, measures, year, results if is_last else "publish")
    programme = await countries["XJ"].programme_id()
    await accounting.assessed(making, people, countries["XJ"].network, programme, measures, making.ago(400))
    await rounds.at_work(making, people, countries, measures)


async def _state(making: Making) -> tuple[set[str], bool]:
    """The countries that have begun, and whether all is there: the results, and the call, which comes last."""
    async with making.on(making.last, "membership") as opened:
        is_called = await opened.known(participation.CALLED, participation.CALL)
    async with making.on(making.last, "actions") as opened:
        connection = opened.uow.connection
        begun = {row["country"] for row in await connection.fetch(_BEGUN, [*CHAPTERS])}
        measured = await connection.fetchval(_MEASURED, [*REPORTING])
        return begun, is_called and measured >= len(REPORTING) * plans.YEARS
