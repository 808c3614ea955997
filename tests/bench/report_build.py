"""An edition of 120 contributions of 60 kB and 200 figures: reading a version, and a build in one language."""

import asyncio
import hashlib
import os
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from services.actions.global_report.builds.operations import BUILD_EDITION
from services.actions.global_report.versions.domain import MARKDOWN
from services.actions.global_report.versions.reading import reading_of
from services.actions.settings import PUBLISHING
from shared.database.ids import uuid7
from tests.bench.servers import API_CORE, Addresses, alone, running
from tests.support.folders import reachable_folder

CONTRIBUTIONS = int(os.environ.get("BENCH_CONTRIBUTIONS", "120"))
FIGURES = int(os.environ.get("BENCH_FIGURES", "200"))
_SIZE = 60_000
_REFERENCES = 80
_WORDS = (
    "peat",
    "carbon",
    "soil",
    "water",
    "region",
    "temperature",
    "boundary",
    "estimate",
    "report",
    "measured",
    "land",
)
_COLUMNS = "id, ref, version, status, country, visibility, created_at, created_by, updated_at, updated_by"
_MADE = "now(), 'bench', now(), 'bench'"
_EDITION = f"""
INSERT INTO escm.action_edition ({_COLUMNS}, year, number, titles, languages, licence, outline, review, search_key,
    as_of, frozen_at)
VALUES ($1, 'EDI-BB', 1, 'frozen', NULL, 'public', {_MADE}, 2191, 1, '{{"en": "Report"}}', '{{en}}', 'CC-BY-4.0', $2,
    '{{"blind": "single", "publish_comments": true}}', ' report ', current_date - 1, now())
"""
_CONTRIBUTION = f"""
INSERT INTO escm.action_contribution ({_COLUMNS}, edition_id, number, outline_key, titles, language, abstract, keywords,
    authors, expert_ids, unconfirmed_ids, addresses, authors_asked, search_key)
VALUES ($1, 'CTB-BB-' || $3::int, 1, 'cleared', NULL, 'restricted', {_MADE}, $2, $3, 'place-' || $3, '{{"en": "Peat"}}',
    'en', '{{"en": "On peat."}}', '{{peat}}', $4, '{{}}', '{{}}', '{{}}', 0, ' peat ')
"""
_VERSION = """
INSERT INTO escm.action_version (id, contribution_id, number, language, sha256, words, blocks, content, cited, warnings,
    created_at, created_by)
VALUES ($1, $2, 1, 'en', $3, 9000, $4, $5, $6, '[]', now(), 'bench')
"""
_FIGURE = f"""
INSERT INTO escm.action_figure ({_COLUMNS}, edition_id, key, kind, titles, captions, alternatives, query, x, as_of,
    sha256, search_key)
VALUES ($1, 'FIG-BB-' || $3::int, 1, 'frozen', NULL, 'public', {_MADE}, $2, 'figure-' || $3, 'bars',
    '{{"en": "Experts"}}', '{{}}', '{{"en": "Most experts are in Asia."}}',
    '{{"path": "/membership/v1/statistics", "parameters": {{}}}}', 'region', current_date - 1, $4, ' experts ')
"""
_DATA = "INSERT INTO escm.action_figure_data (figure_id, content) VALUES ($1, $2)"
_BUILD = """
INSERT INTO escm.action_build (id, edition_id, number, kind, status, languages, warnings, created_at, created_by)
VALUES ($1, $2, $3, 'final', 'building', '{en}', '[]', now(), $4)
"""
_JOB = f"""
INSERT INTO escm.core_job (id, service, job_type, payload, created_by, principal, bulk)
VALUES ($1, '{PUBLISHING}', '{BUILD_EDITION}', $2, $3, 'bench', false)
"""
_TICKS = os.sysconf("SC_CLK_TCK")


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """Seconds and CPU seconds of reading a version of 60 kB, of a build, and of the same build again."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=lambda one: orjson.dumps(one).decode(), decoder=orjson.loads
        )
    edition, read = await _load(connection)
    found = {"report_version_read": alone(read, "s for 60 kB", "3 s")}
    folder = reachable_folder("escm-bench-report-")
    with running(f"worker {PUBLISHING}", at, API_CORE, ESCM_STORAGE_PATH=str(folder)) as pid:
        for number, name in ((1, ""), (2, "_again")):
            begun, spent = time.perf_counter(), _cpu(pid)
            await _built(connection, edition, number)
            seconds = time.perf_counter() - begun
            what = f"s for {CONTRIBUTIONS} contributions and {FIGURES} figures"
            found[f"report_build{name}"] = alone(seconds, what, "300 s")
            found[f"report_build_cpu{name}"] = alone(_cpu(pid) - spent, "s of a core")
    return found


def _cpu(pid: int) -> float:
    """The CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


async def _load(connection: asyncpg.Connection) -> tuple[UUID, float]:
    """An edition that is frozen, and the median of the seconds of reading its texts."""
    edition, took = uuid7(), list[float]()
    outline = [
        {"key": f"place-{n}", "titles": {"en": f"Chapter {n}"}, "kind": "chapter", "parent": None, "order": n}
        for n in range(1, CONTRIBUTIONS + 1)
    ]
    await connection.execute(_EDITION, edition, [{**one, "country": None} for one in outline])
    figures = [f"figure-{n}" for n in range(1, FIGURES + 1)]
    authors = [
        {"expert_id": None, "name": "Amina Khan", "orcid": None, "affiliation": "University", "corresponding": True}
        | {"roles": ["writing-original-draft"]}
    ]
    for n in range(1, CONTRIBUTIONS + 1):
        begun = time.perf_counter()
        named = figures[n - 1 :: CONTRIBUTIONS]
        content, reading = await reading_of(_text(n, named).encode(), MARKDOWN, set(_ids()), set(figures))
        took.append(time.perf_counter() - begun)
        key, version = uuid7(), orjson.dumps(content)
        await connection.execute(_CONTRIBUTION, key, edition, n, authors)
        digest = hashlib.sha256(version).hexdigest()
        await connection.execute(_VERSION, uuid7(), key, digest, reading.blocks, content, _cited())
    for n in range(1, FIGURES + 1):
        rows = {"items": [{"region": f"Region {place}", "count": place * n + 3} for place in range(12)]}
        data, key = orjson.dumps(rows).decode(), uuid7()
        await connection.execute(_FIGURE, key, edition, n, hashlib.sha256(data.encode()).hexdigest())
        await connection.execute(_DATA, key, data)
    return edition, sorted(took)[len(took) // 2]


def _ids() -> list[str]:
    return [f"r{n}" for n in range(_REFERENCES)]


def _cited() -> list[dict[str, Any]]:
    return [
        {"id": key, "type": "article-journal", "title": f"On peat {key}", "container-title": "Soils"}
        | {"author": [{"family": f"Khan-{key}", "given": "A."}], "issued": {"date-parts": [[2000 + n % 25]]}}
        for n, key in enumerate(_ids())
    ]


def _text(seed: int, figures: list[str]) -> str:
    """Markdown of 60 kB with headings, lists, some 150 citations and these figures."""
    chance, parts, size = random.Random(seed), [f"See {{figure:{key}}}." for key in figures], 0
    while size < _SIZE:
        if len(parts) % 8 == 0:
            part = "## " + " ".join(chance.choices(_WORDS, k=5))
        elif len(parts) % 11 == 5:
            part = "\n".join("- " + " ".join(chance.choices(_WORDS, k=12)) for _ in range(5))
        else:
            words = chance.choices(_WORDS, k=110)
            for place in (30, 80):
                words[place] += f" [@r{chance.randrange(_REFERENCES)}]"
            part = " ".join(words) + "."
        parts.append(part)
        size += len(part) + 2
    return "\n\n".join(parts)


async def _built(connection: asyncpg.Connection, edition: UUID, number: int) -> None:
    """A build that has ended well. Raises RuntimeError for one that has not."""
    build, author = uuid7(), f"account:{uuid4()}"
    await connection.execute(_BUILD, build, edition, number, author)
    await connection.execute(_JOB, uuid7(), {"build": str(build)}, author)
    row = None
    while row is None or row["status"] == "building":
        await asyncio.sleep(0.2)
        row = await connection.fetchrow("SELECT * FROM escm.action_build WHERE id = $1", build)
    if row["status"] != "complete":
        raise RuntimeError(row["problem"])
