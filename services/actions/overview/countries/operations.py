"""Recomputes the stage of a country, and announces a change."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date

from services.actions.overview.countries.domain import NO_FACTS, FactPeriod, counts_from, facts_of, stage_of
from services.actions.overview.countries.queries import fact_periods, find_ended, find_facts, lock_stage
from services.actions.overview.countries.record import CountryStage
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.resource import Resource
from shared.records.changes import record_change

COUNTRIES = Resource("actions", "countries", "country")
_STAGES = Resource("actions", "countries", "programme")
"""The same resource as countries, with the entity `programme`: facts about a stage are named after the programme."""
_TRACKED = ("stage", "facts")
_ENSURE = """
INSERT INTO action_country_stage (country, id, version, visibility, stage, facts, updated_at)
VALUES ($1, $2, 0, 'public', 0, $3, $4) ON CONFLICT (country) DO NOTHING
"""
_OPEN = "INSERT INTO action_country_fact (country, key, link, day, starts, ends) VALUES ($1, $2, $3, $4, $5, $6)"
_CLOSE = "UPDATE action_country_fact SET ends = $3 WHERE country = $1 AND key = $2 AND ends IS NULL"
_UPDATE = """
UPDATE action_country_stage SET version = $2, stage = $3, facts = $4, updated_at = $5 WHERE country = $1
"""


async def recompute_stage(uow: UnitOfWork, country: str) -> bool:
    """Recomputes a country's facts and stage. Returns whether they changed; a change is recorded and announced.

    Locks the row before it reads the facts, so the later of two parallel calls reads what the earlier one read. Needs a
    context that may read every row and write the country's.
    """
    instant = now()
    await uow.connection.execute(_ENSURE, country, uuid7(), NO_FACTS, instant)
    before = await lock_stage(uow.connection, country)
    found = await find_facts(uow.connection, country)
    await _record_fact_days(uow, country, found)
    facts = facts_of(found)
    if facts == before.facts:
        return False
    after = replace(before, version=before.version + 1, stage=stage_of(facts), facts=facts)
    await uow.connection.execute(_UPDATE, country, after.version, after.stage, facts, instant)
    record_change(
        uow,
        _STAGES,
        "recompute",
        before=_columns_of(before),
        after=_columns_of(after),
        fields=_TRACKED,
        fact="stage_changed",
        link=COUNTRIES.link(country),
        at=instant,
    )
    return True


async def _record_fact_days(uow: UnitOfWork, country: str, found: Mapping[str, tuple[date, str]]) -> None:
    """Records the days of each fact: closes the periods of lost facts, opens those of met facts."""
    past = (await fact_periods(uow.connection, SYSTEM_CONTEXT, [country]))[country]
    known = {(one.key, one.link): one for one in past}
    ended = {(one.key, one.link): one for one in await find_ended(uow.connection, country)}
    for one in (one for place, one in ended.items() if place not in known):
        await _open(uow, country, one)
    for one in (one for one in past if one.ends is None and found.get(one.key) != (one.day, one.link)):
        last = ended.get((one.key, one.link))
        ends = last.ends if last and last.ends else today()
        await uow.connection.execute(_CLOSE, country, one.key, max(ends, one.starts))
    still = {one.key for one in past if one.ends is None and found.get(one.key) == (one.day, one.link)}
    for key, (day, link) in found.items():
        if key not in still:
            await _open(uow, country, FactPeriod(key, day, link, counts_from(key, day, link, past, today())))


async def _open(uow: UnitOfWork, country: str, one: FactPeriod) -> None:
    await uow.connection.execute(_OPEN, country, one.key, one.link, one.day, one.starts, one.ends)


def _columns_of(stage: CountryStage) -> dict[str, object]:
    return {**asdict(stage), "ref": stage.country, "status": str(stage.stage), "visibility": "public"}
