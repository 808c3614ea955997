"""Keeping the stage of a country: read its facts again, and tell where it is another."""

from typing import Any
from uuid import UUID

from services.actions.stage.domain import NO_FACTS, facts_of, stage_of
from services.actions.stage.queries import find_facts
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.resource import Resource
from shared.records.changes import record_change

COUNTRIES = Resource("actions", "countries", "country")
_STAGES = Resource("actions", "countries", "programme")
"""Countries again: facts about a stage are called after the programme."""
_TOLD = ("stage", "facts")
_ENSURE = """
INSERT INTO action_country_stage (country, id, version, visibility, stage, facts, updated_at)
VALUES ($1, $2, 0, 'public', 0, $3, $4) ON CONFLICT (country) DO NOTHING
"""
_LOCK = "SELECT id, version, stage, facts FROM action_country_stage WHERE country = $1 FOR UPDATE"
_UPDATE = """
UPDATE action_country_stage SET version = $2, stage = $3, facts = $4, updated_at = $5 WHERE country = $1
"""


async def recompute_stage(uow: UnitOfWork, country: str) -> bool:
    """Derives a country's facts and stage anew; whether anything was different, which is entered and announced.

    The row is locked before the facts are read, so of two that recompute at once the later sees what the earlier saw.
    Needs a context that sees every row and may write the country's.
    """
    instant = now()
    await uow.connection.execute(_ENSURE, country, uuid7(), NO_FACTS, instant)
    row = await uow.connection.fetchrow(_LOCK, country)
    facts = facts_of(await find_facts(uow.connection, country))
    if facts == row["facts"]:
        return False
    version, stage = row["version"] + 1, stage_of(facts)
    await uow.connection.execute(_UPDATE, country, version, stage, facts, instant)
    record_change(
        uow,
        _STAGES,
        "recompute",
        before=_state(country, row["id"], row["version"], row["stage"], row["facts"]),
        after=_state(country, row["id"], version, stage, facts),
        fields=_TOLD,
        fact="stage_changed",
        link=COUNTRIES.link(country),
        at=instant,
    )
    return True


def _state(country: str, record: UUID, version: int, stage: int, facts: Any) -> dict[str, Any]:
    return {
        "id": record,
        "ref": country,
        "version": version,
        "status": str(stage),
        "country": country,
        "visibility": "public",
        "stage": stage,
        "facts": facts,
    }
