"""10,000 activities of IATI in one document: how long it takes, and the memory of its process."""

from time import perf_counter
from typing import Any

import asyncpg
import httpx

from tests.actions.neighbours import enter
from tests.bench.people import COUNTRY_CODES
from tests.bench.servers import Addresses, alone, peak_memory_mb, serving

_ACTIVITIES = 10_000
_RECORD = "id, version, visibility, created_at, created_by, updated_at, updated_by"
_OF_RECORD = "uuidv7(), 1, 'public', now(), 'bench', now(), 'bench'"
_PLANS = f"""
INSERT INTO escm.action_programme ({_RECORD}, status, country, framework)
SELECT {_OF_RECORD}, 'implementing', country, 'bench' FROM unnest($1::text[]) country
"""
_WORK = f"""
INSERT INTO escm.action_action ({_RECORD}, status, country, programme_id, pillar, kind, titles, planned_start,
    planned_end, participants, tags, search_key, descriptions, locations)
SELECT {_OF_RECORD}, 'planned', p.country, p.id, 'core', 'action', '{{"en": "Restored land", "fr": "Terres"}}',
    '2026-01-01', '2027-12-31', jsonb_build_array(jsonb_build_object('institution_id', $1::uuid, 'role', 4)),
    '[{{"scheme": "sdg", "code": "15"}}, {{"scheme": "sdg", "code": "15.3"}}]', '',
    jsonb_build_object('en', repeat('What is done and what for. ', 20)),
    '[{{"name": "Upper Alpha", "subdivision": null, "lat": 12.5, "lon": -30.25}}]'
FROM escm.action_programme p, generate_series(1, $2) n WHERE p.framework = 'bench'
"""
_PATH = "/actions/v1/open_data/iati/activities.xml"


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`iati`: seconds until the document is read whole; `iati_memory_mb`: the growth of the process's peak between a
    document of one country and that of all."""
    await connection.execute("SET search_path TO escm")
    host = {"ref": "INS-BENCH", "status": "verified", "display_name": "University of the Delta"}
    institution = await enter(connection, "member_institution", ror="https://ror.org/05bench98", **host)
    await enter(connection, "action_framework", code="bench", country=None, status="current")
    await connection.execute("RESET search_path")
    actions = _ACTIVITIES // len(COUNTRY_CODES)
    await connection.execute(_PLANS, list(COUNTRY_CODES))
    await connection.execute(_WORK, institution, actions)
    settings = {"ESCM_ACTIONS_IATI_REF": "XM-BENCH"}
    with serving("services.actions.app:create_app", at, factory=True, **settings) as (address, pid):
        _read(f"{address}{_PATH}?country={COUNTRY_CODES[0]}")
        before, began = peak_memory_mb(pid), perf_counter()
        found = _read(f"{address}{_PATH}")
        took, more = perf_counter() - began, peak_memory_mb(pid) - before
    if found != len(COUNTRY_CODES) * (1 + actions):
        raise RuntimeError(f"{found} activities")
    return {"iati": alone(took, "s", target="at most 10"), "iati_memory_mb": alone(more, "MB more")}


def _read(address: str) -> int:
    """The number of activities in the document, which is not held."""
    found, rest = 0, b""
    with httpx.stream("GET", address, timeout=120) as response:
        response.raise_for_status()
        for block in response.iter_bytes():
            rest += block
            found += rest.count(b"<iati-activity ")
            rest = rest[-len(b"<iati-activity ") + 1 :]
    return found
