"""10,000 activities of IATI in one document, and 10,000 actions in one file: how long they take, and the memory of
their process. The profile of a country as PDF."""

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import httpx

from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.operations import print_document, state_of
from services.actions.overview.country_profiles.operations import PROFILE, profile_kind
from services.actions.settings import ActionsSettings
from shared.bulk.store import FileStore
from shared.database.pool import Database
from shared.database.snapshot import snapshot
from tests.actions.neighbours import enter
from tests.bench.people import COUNTRY_CODES
from tests.bench.servers import Addresses, alone, peak_memory_mb, serving

_ACTIVITIES = 10_000
_OF_COUNTRY = 10_000 // len(COUNTRY_CODES)
"""Actions of a country, of 10,000."""
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
    await _load(connection)
    settings = {"ESCM_ACTIONS_IATI_REF": "XM-BENCH"}
    with serving("services.actions.app:create_app", at, factory=True, **settings) as (address, pid):
        _read(f"{address}{_PATH}?country={COUNTRY_CODES[0]}")
        before, began = peak_memory_mb(pid), perf_counter()
        found = _read(f"{address}{_PATH}")
        took, more = perf_counter() - began, peak_memory_mb(pid) - before
    if found != len(COUNTRY_CODES) * (1 + _OF_COUNTRY):
        raise RuntimeError(f"{found} activities")
    return {"iati": alone(took, "s", target="at most 10"), "iati_memory_mb": alone(more, "MB more")}


async def measure_files(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`dataset_csv`: seconds for a file of 10,000 actions; `dataset_memory_mb` as above; `dataset_known_ms`: for a
    caller who has it already. `profile_pdf`: seconds for the profile of a country with its actions, from reading the
    rows to the stored file, in a process of its own."""
    await _load(connection)
    with serving("services.actions.app:create_app", at, factory=True) as (address, pid):
        file = f"{address}/actions/v1/open_data/actions.csv"
        _lines(f"{file}?country={COUNTRY_CODES[0]}")
        before, began = peak_memory_mb(pid), perf_counter()
        found, tag = _lines(file)
        took, more = perf_counter() - began, peak_memory_mb(pid) - before
        began = perf_counter()
        known = httpx.get(file, headers={"If-None-Match": tag}, timeout=120)
        unchanged = (perf_counter() - began) * 1000
    if (found, known.status_code) != (1 + len(COUNTRY_CODES) * _OF_COUNTRY, 304):
        raise RuntimeError(f"{found} lines, status {known.status_code}")
    return {
        "dataset_csv": alone(took, "s"),
        "dataset_memory_mb": alone(more, "MB more"),
        "dataset_known_ms": alone(unchanged, "ms"),
        "profile_pdf": alone(await _printed(at), "s", target="at most 2"),
    }


async def _printed(at: Addresses) -> float:
    kind = profile_kind("https://plan.example")
    key = DocumentKey(PROFILE, COUNTRY_CODES[0], "ar")
    database = await Database.open(ActionsSettings(database_url=at.postgres).database_dsn(), size=1)
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        async with snapshot(database, EVERYBODY.context) as connection:
            document = await kind.load(connection, key)
        if document is None:
            raise RuntimeError("no profile")
        await print_document(document, state_of(document, kind), kind, FileStore(Path(folder)))
        took = perf_counter() - began
    await database.close()
    return took


async def _load(connection: asyncpg.Connection) -> None:
    """10,000 public actions in programmes of all countries, once."""
    await connection.execute("SET search_path TO escm")
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM action_framework WHERE code = 'bench')"):
        host = {"ref": "INS-BENCH", "status": "verified", "display_name": "University of the Delta"}
        institution = await enter(connection, "member_institution", ror="https://ror.org/05bench98", **host)
        named = {"code": "bench", "core": '{"titles": {"en": "Core"}}', "pillars": "[]"}
        await enter(connection, "action_framework", country=None, status="current", **named)
        await connection.execute(_PLANS, list(COUNTRY_CODES))
        await connection.execute(_WORK, institution, _OF_COUNTRY)
    await connection.execute("RESET search_path")


def _lines(address: str) -> tuple[int, str]:
    """The number of lines of a file, which is not held, and its ETag."""
    with httpx.stream("GET", address, timeout=120) as response:
        response.raise_for_status()
        return sum(block.count(b"\r\n") for block in response.iter_bytes()), response.headers["etag"]


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
