"""A completed evaluation of a country's centre, and a score, beside its other records."""

from typing import Any

import asyncpg

from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.centres import DOCUMENT

Record = dict[str, Any]


async def evaluate(by: Caller, superuser: asyncpg.Connection, records: dict[str, Record], word: str) -> None:
    """Enters both; all their texts contain the word."""
    found = {"report": {**DOCUMENT, "title": word}, "conditions": [{"text": word}]}
    criteria = [{"key": "reach", "titles": {"en": word}}]
    body = {"centre_id": records["centres"]["id"], "kind": "special", "criteria": criteria, **found}
    panel = [{"expert_id": records["peers"]["id"]}]
    made = await by.post("/centres/v1/evaluations", {**body, "panel": panel})
    assert made.status_code == 201, made.text
    records["evaluations"] = made.json()
    put = "UPDATE centre_evaluation SET status = 'completed', completed_on = '2026-03-01' WHERE id = $1"
    await superuser.execute(put, made.json()["id"])
    score = await enter(
        superuser, "centre_evaluation_score", status="recorded", country=records["centres"]["country"],
        visibility="restricted", evaluation_id=made.json()["id"], expert_id=records["peers"]["id"],
        scores='{"reach": 5}', comment=word, conflict_of_interest=False,
    )  # fmt: skip
    ref = await superuser.fetchval("SELECT ref FROM centre_evaluation_score WHERE id = $1", score)
    records["evaluation_scores"] = {"id": str(score), "ref": ref}
