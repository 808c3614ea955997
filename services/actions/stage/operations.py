"""Keeping the stage of a country: read its facts again, and announce where it is another."""

from datetime import datetime

from services.actions.stage.domain import NO_FACTS, facts_of, stage_of
from services.actions.stage.queries import find_facts
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.ids import uuid7
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce

COUNTRIES = Resource("actions", "countries", "country")
_PROGRAMME = Resource("actions", "programmes", "programme")
_ENSURE = """
INSERT INTO action_country_stage (country, id, version, visibility, stage, facts, updated_at)
VALUES ($1, $2, 0, 'public', 0, $3, $4) ON CONFLICT (country) DO NOTHING
"""
_LOCK = "SELECT id, version, stage, facts FROM action_country_stage WHERE country = $1 FOR UPDATE"
_UPDATE = """
UPDATE action_country_stage SET version = $2, stage = $3, facts = $4, updated_at = $5 WHERE country = $1
"""


async def recompute_stage(uow: UnitOfWork, country: str) -> bool:
    """Derives a country's facts and stage anew; whether anything was different, which is announced.

    The row is locked before the facts are read, so of two that recompute at once the later sees what the earlier saw.
    Needs a context that sees every row and may write the country's.
    """
    instant = now()
    await uow.connection.execute(_ENSURE, country, uuid7(), NO_FACTS, instant)
    row = await uow.connection.fetchrow(_LOCK, country)
    facts = facts_of(await find_facts(uow.connection, country))
    if facts == row["facts"]:
        return False
    version = row["version"] + 1
    await uow.connection.execute(_UPDATE, country, version, stage_of(facts), facts, instant)
    announce(uow, _changed(row["id"], country, version, instant))
    return True


def _changed(subject: object, country: str, version: int, instant: datetime) -> Fact:
    return Fact(
        type=_PROGRAMME.fact("stage_changed"),
        time=instant,
        subject=subject,
        ref=country,
        version=version,
        country=country,
        visibility="public",
        link=COUNTRIES.link(country),
    )
