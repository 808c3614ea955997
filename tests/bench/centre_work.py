"""The checklist of a centre and the work list of centres: 2,000 centres of 200 countries with their terms, reviews,
agreements, seats and reports."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import asyncpg

from tests.bench.cases import gets
from tests.bench.register import enter_centres
from tests.bench.servers import Addresses, alone, latency, serving, tokens

_ROUNDS = 3
_CHECKED = 200
_RECORD = "id, ref, version, status, country, visibility, created_at, created_by, updated_at, updated_by"


def _of(prefix: str, status: str, of: str = "c") -> str:
    """The values of the common columns."""
    ref = f"'{prefix}-W' || row_number() OVER ()"
    return f"uuidv7(), {ref}, 1, {status}, {of}.country, 'network', now(), 'bench', now(), 'bench'"


_STATES = """
UPDATE escm.centre_centre SET
    status = CASE registration_serial % 10 WHEN 0 THEN 'renewal_review' WHEN 1 THEN 'renewal_due' ELSE 'active' END,
    clock_holder = 'secretariat', clock_target = now() + registration_serial * interval '1 day', clock_since = now(),
    term_ends = current_date + 60 WHERE created_by = 'bench' AND registration_serial % 10 < 2
"""
_APPLICATIONS = """
INSERT INTO escm.centre_centre (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, search_key, host_institution_id, themes, clock_target)
SELECT uuidv7(), 1, (ARRAY['submitted', 'under_review', 'awaiting_agreement'])[1 + n % 3], country, 'network', now(),
    'bench', now(), 'bench', '{"en": "A centre"}', '', uuidv7(), '{}', now() + n * interval '1 day'
FROM escm.centre_centre, generate_series(1, 2) n WHERE created_by = 'bench' AND registration_serial <= 3
"""
_PARTS = (
    f"""
INSERT INTO escm.centre_review ({_RECORD}, centre_id, reviewer_id, scores, recommendation, conflict_of_interest)
SELECT {_of("REV", "'recorded'")}, c.id, uuidv7(), '{{"relevance": 4, "capacity": 4, "governance": 4, "plan": 4}}',
    'designate', false
FROM escm.centre_centre c, generate_series(1, 3) n WHERE c.created_by = 'bench' AND c.registration_number IS NULL
""",
    f"""
INSERT INTO escm.centre_term ({_RECORD}, centre_id, number, starts, ends, decided_on, conditions)
SELECT {_of("TRM", "'current'")}, c.id, 1, c.term_starts, c.term_ends, c.term_starts, '[]'
FROM escm.centre_centre c WHERE c.created_by = 'bench' AND c.registration_number IS NOT NULL
""",
    f"""
INSERT INTO escm.centre_agreement ({_RECORD}, centre_id, kind, parties, search_key, effective, expires)
SELECT {_of("AGR", "'in_force'")}, c.id, 'host', '[]', '', '2025-01-01',
    current_date + coalesce(c.registration_serial, 10) * 50
FROM escm.centre_centre c WHERE c.created_by = 'bench'
""",
    f"""
INSERT INTO escm.centre_annual_report ({_RECORD}, centre_id, year, period_starts, period_ends, due, answers, figures,
    public_answers, public_figures, documents, answered, prefilled, required, missing, comments)
SELECT {_of("ANR", "(ARRAY['due', 'submitted', 'accepted', 'accepted', 'accepted'])[n]")}, c.id, 2090 + n,
    current_date - 500, current_date - 135, current_date + n * 10,
    '{{}}', '{{}}', '{{}}', '{{}}', '[]', '[]', '{{}}', 0, 0, '{{}}'
FROM escm.centre_centre c, generate_series(1, 5) n WHERE c.created_by = 'bench' AND c.registration_number IS NOT NULL
""",
    f"""
INSERT INTO escm.centre_committee ({_RECORD}, names, search_key, partner_institution_ids)
SELECT {_of("COM", "'recognised'")}, '{{"en": "A committee"}}', '', '{{}}'
FROM (SELECT DISTINCT country FROM escm.centre_centre WHERE created_by = 'bench') c
""",
    f"""
INSERT INTO escm.centre_seat ({_RECORD}, committee_id, search_key, office, term, person_name, starts, ends)
SELECT {_of("SEA", "'appointed'")}, c.id, '', 'member', 1, 'Somebody', '2024-01-01',
    to_char(current_date + n * 60, 'YYYY-MM-DD')
FROM escm.centre_committee c, generate_series(1, 12) n WHERE c.created_by = 'bench'
""",
)
_TABLES = "centre_centre, escm.centre_review, escm.centre_term, escm.centre_agreement, escm.centre_annual_report"


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`centre_work_list`: the first page of an office that sees everything. `centre_checklist`: those of 200
    applications and renewals, one request at a time."""
    await _load(connection)
    query = (
        "SELECT id::text FROM escm.centre_centre WHERE created_by = 'bench' AND status <> 'active' ORDER BY id LIMIT $1"
    )
    keys = [row["id"] for row in await connection.fetch(query, _CHECKED)]
    (token,) = await tokens(at, "secretariat")
    headers = {"Authorization": f"Bearer {token}"}
    paths = {
        "centre_work_list": ["/centres/v1/work_list"],
        "centre_checklist": [f"/centres/v1/centres/{key}/checklist" for key in keys],
    }
    found: dict[str, dict[str, Any]] = {}
    with serving("services.centres.app:create_app", at, factory=True) as (address, _):
        for name, asked in paths.items():
            p50, p99 = _latency(address, asked, headers)
            found[f"{name}_p50_ms"] = alone(p50, "ms")
            found[f"{name}_p99_ms"] = alone(p99, "ms", target="below 50")
    return found


def _latency(address: str, paths: Sequence[str], headers: dict[str, str]) -> tuple[float, float]:
    script = gets(paths, headers)
    latency(address, script, connections=1, seconds=2)
    rounds = [latency(address, script, connections=1) for _ in range(_ROUNDS)]
    p50, p99 = (median(values) for values in zip(*rounds, strict=True))
    return p50, p99


async def _load(connection: asyncpg.Connection) -> None:
    """The centres of the register, some in renewal, and 1,200 applications; once."""
    await enter_centres(connection)
    if await connection.fetchval("SELECT EXISTS (SELECT FROM escm.centre_term WHERE created_by = 'bench')"):
        return
    for statement in (_STATES, _APPLICATIONS, *_PARTS):
        await connection.execute(statement)
    await connection.execute(f"VACUUM ANALYZE escm.{_TABLES}, escm.centre_committee, escm.centre_seat")
