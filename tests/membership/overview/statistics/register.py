"""Random histories of experts and institutions written directly into their tables, and the expected counts."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.membership.overview.statistics.queries import KINDS, LIVE
from services.membership.register.experts.domain import LIFECYCLE
from services.membership.register.experts.record import CATEGORIES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.expertise import BOUNDARIES
from shared.records.counts import drift, fold
from tests.support.callers import Caller

PATH = "/membership/v1/statistics"
COUNTRIES = ("XA", "XB", "PK", "KE", "AQ")
VISIBILITIES = ("public", "network", "restricted")
INSTITUTION_STATES = ("submitted", "verified", "inactive")
FIELDS = ("1.1", "1.5", "2.10", "5.3")
_ENTER = """
INSERT INTO escm.member_expert (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, display_name, sort_name, search_key, emails, email_keys, languages, fields, planetary_boundaries,
    ecosystems, keywords, biography, category)
SELECT id, 1, status, country, visibility, now(), 'system', now(), 'system', '[{"full": "Counted"}]', 'Counted',
    'counted', ' counted ', '[]', '{}', '{}', string_to_array(fields, ','),
    string_to_array(boundaries, ','), '{}', '{}', '{}', category
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS given (id, status, country, visibility, category, fields, boundaries)
"""
_HOST = """
INSERT INTO escm.member_institution (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, display_name, sort_name, search_key, match_key, types, domains, links, locations, heri)
VALUES ($1, 1, $2, $3, $4, now(), 'system', now(), 'system', '[]', 'Host', 'host', ' host ', ' host ', '{}', '{}', '{}',
    '[]', false)
"""


async def enter(connection: Any, many: Sequence[tuple[str, ...]]) -> list[UUID]:
    """Inserts experts in one statement: (status, country, visibility, category, fields, boundaries), the last two
    separated by commas and optional."""
    ids = [uuid7() for _ in many]
    whole = ((*values, "", "")[:6] for values in many)
    await connection.execute(_ENTER, ids, *(list(column) for column in zip(*whole, strict=True)))
    return ids


def invented(dice: random.Random) -> tuple[str, ...]:
    """The values of one expert."""
    fields = dice.choices(FIELDS, k=dice.randint(0, 3))
    return (
        dice.choice(LIFECYCLE.states),
        dice.choice(COUNTRIES),
        dice.choice(VISIBILITIES),
        dice.choice(CATEGORIES),
        ",".join(fields),
        ",".join(dice.choices(BOUNDARIES[:3], k=dice.randint(0, 2))),
    )


async def host(connection: Any, status: str, country: str, visibility: str) -> None:
    """An institution."""
    await connection.execute(_HOST, uuid7(), status, country, visibility)


async def live_on(connection: Any, ids: list[UUID], dice: random.Random) -> None:
    """One random change: more rows, other values, a merge and its undo, an erasure, a deletion, an institution."""
    some = dice.sample(ids, min(len(ids), dice.randint(1, 5))) if ids else []
    what = dice.choice(("enter", "enter", "edit", "touch", "merge", "unmerge", "erase", "delete", "host", "move"))
    if what == "enter" or not some:
        ids += await enter(connection, [invented(dice) for _ in range(dice.randint(1, 8))])
        return
    status, country, visibility, category, fields, boundaries = invented(dice)
    if what == "edit":
        await connection.execute(
            "UPDATE escm.member_expert SET status = $2, country = $3, visibility = $4, category = $5,"
            " fields = string_to_array($6, ','), planetary_boundaries = string_to_array($7, ',') WHERE id = ANY($1)",
            *(some, status, country, visibility, category, fields, boundaries),
        )
    elif what == "touch":
        await connection.execute("UPDATE escm.member_expert SET version = version + 1 WHERE id = ANY($1)", some)
    elif what == "merge":
        await connection.execute("UPDATE escm.member_expert SET merged_into = $2 WHERE id = ANY($1)", some, ids[0])
    elif what == "unmerge":
        await connection.execute("UPDATE escm.member_expert SET merged_into = NULL WHERE id = ANY($1)", some)
    elif what == "erase":
        await connection.execute("UPDATE escm.member_expert SET erased_at = now() WHERE id = ANY($1)", some[:1])
    elif what == "delete" and some[0] != ids[0]:
        await connection.execute("DELETE FROM escm.member_expert WHERE id = $1", some[0])
        ids.remove(some[0])
    elif what == "host":
        await host(connection, dice.choice(INSTITUTION_STATES), country, visibility)
    elif what == "move":
        await connection.execute(
            "UPDATE escm.member_institution SET status = 'withdrawn', visibility = $1 WHERE country = $2",
            *(visibility, country),
        )


async def folded(database: Database) -> int:
    """One tick of the schedule. Returns how many changes it folded."""
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        return await fold(uow.connection)


async def differences(superuser: asyncpg.Connection) -> list[dict[str, Any]]:
    """The differences between the counts and the rows, and between the sums of the days and the total."""
    found = [dict(row) for row in await drift(superuser, KINDS, LIVE)]
    by_day = (
        "SELECT kind, visibility, status, country, category, tag, sum(n) FROM core_count_day GROUP BY 1, 2, 3, 4, 5, 6"
    )
    apart = await superuser.fetch(
        f"SELECT * FROM ({by_day} HAVING sum(n) <> 0) d FULL JOIN (SELECT * FROM core_count WHERE n <> 0) c"
        " USING (kind, visibility, status, country, category, tag) WHERE d.sum IS DISTINCT FROM c.n"
    )
    return found + [dict(row) for row in apart]


async def asked(by: Caller, query: str, *, linked: bool = False) -> dict[str, Any]:
    """The response, its items without their links unless `linked`."""
    response = await by.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    for item in content["items"]:
        if not linked:
            del item["links"]
    return content
