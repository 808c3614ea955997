"""The Global Report: reading a version, a build, and an edition with 20,000 comments: how long a page takes, and the
workbook of all."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from deploy import demo
from services.access.administration import enter_grant, setting_up
from services.actions.access import ROLES
from services.actions.global_report.review.comments.operations import COMMENTS
from services.actions.global_report.review.comments.queries import LISTING
from services.actions.settings import ActionsSettings
from shared.database.pool import Database
from shared.kernel.clock import today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.filters import ListRequest
from tests.bench import report_build
from tests.bench.servers import Addresses, alone, serving, tokens

STORED = 20_000
PAGES = 200
"""Pages of each list of each caller whose times are compared."""
_PLACES = 120
_COLUMNS = "id, ref, version, status, country, visibility, created_at, created_by, updated_at, updated_by"
_MADE = "now(), 'bench', now(), 'bench'"
_EDITIONS = f"""
INSERT INTO escm.action_edition ({_COLUMNS}, year, number, titles, languages, licence, outline, review, search_key)
SELECT uuidv7(), 'EDI-B' || n, 1, 'writing', NULL, 'public', {_MADE}, 2190, n, '{{"en": "Report"}}', '{{en}}',
    'CC-BY-4.0', '[]', '{{"blind": "single", "publish_comments": true}}', ' report '
FROM generate_series(1, 3) n RETURNING id
"""
_CONTRIBUTIONS = f"""
INSERT INTO escm.action_contribution ({_COLUMNS}, edition_id, number, outline_key, titles, language, abstract, keywords,
    authors, expert_ids, unconfirmed_ids, addresses, authors_asked, search_key)
SELECT uuidv7(), 'CTB-B' || e.number || '-' || n, 1, 'in_review', NULL, 'restricted', {_MADE}, e.id, n, 'place-' || n,
    '{{"en": "Peat"}}', 'en', '{{}}', '{{}}', '[]', '{{}}', '{{}}', '{{}}', 0, ' peat '
FROM escm.action_edition e, generate_series(1, {_PLACES}) n WHERE e.year = 2190
"""
_ROUNDS = f"""
INSERT INTO escm.action_review_round ({_COLUMNS}, edition_id, number, opens, closes, audience, contributions)
SELECT uuidv7(), 'RRD-B' || number, 1, 'answering', NULL, 'restricted', {_MADE}, id, 1, now(), now(), 'both',
    ARRAY(SELECT c.id FROM escm.action_contribution c WHERE c.edition_id = e.id)
FROM escm.action_edition e WHERE year = 2190
"""
_COMMENTS = f"""
INSERT INTO escm.action_comment ({_COLUMNS}, edition_id, contribution_id, round_id, round_number, number, chapter,
    on_version, from_block, to_block, quote, kind, text, by_id, decision, answer, was_reopened)
SELECT uuidv7(), 'CCM-B' || e.number || '-' || n, 1, (ARRAY['open', 'answered', 'resolved'])[1 + n % 3], NULL,
    'restricted', {_MADE}, e.id, c.id, r.id, 1, n, c.outline_key, 1, 1 + n % 90, 1 + n % 90, 'Peat stores carbon',
    'substance', repeat('Where does this number come from? ', 12), uuidv7(),
    CASE WHEN n % 3 > 0 THEN 'accepted' END,
    CASE WHEN n % 3 > 0 THEN repeat('It is in the second table. ', 8) END, false
FROM escm.action_edition e
CROSS JOIN generate_series(1, {STORED}) n
JOIN escm.action_contribution c ON c.edition_id = e.id AND c.number = 1 + n % {_PLACES}
JOIN escm.action_review_round r ON r.edition_id = e.id
WHERE e.year = 2190
"""
_EDITOR = "expert"
_QUERIES: Mapping[str, dict[str, str]] = {
    "": {},
    "_by_number": {"sort": "number"},
    "_open": {"sort": "-number", "status": "open"},
    "_of_chapter": {"chapter": "place-7"},
}
"""By name, what a list is asked for."""


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`report`: milliseconds of the slowest of a hundred pages, and seconds of the workbook, for an administrator and
    an editor, while two other editions have as many comments. Prints the plan of a page of an editor."""
    found: dict[str, Any] = await report_build.measure(at, connection)
    edition = await _load(connection)
    (token,) = await tokens(at, "secretariat")
    account = (await demo.load(at.postgres))["accounts"][_EDITOR]
    key = await connection.fetchval("SELECT id FROM escm.access_account WHERE email_key = $1", account["username"])
    async with setting_up(at.postgres) as uow:
        await enter_grant(uow, "account", key, "editor", "edition", str(edition))
    for plan in await _plans(at, edition, key):
        print(plan)
    with serving("services.access.app:create_app", at, factory=True) as (address, _):
        form = {"grant_type": "password", "username": account["username"], "password": account["password"]}
        given = httpx.post(f"{address}/access/v1/oauth/token", data=form, timeout=30).raise_for_status().json()
    with serving("services.actions.app:create_app", at, factory=True) as (ours, pid):
        for whose, bearer in (("", token), ("_of_editor", str(given["access_token"]))):
            headers = {"Authorization": f"Bearer {bearer}"}
            with httpx.Client(base_url=ours, headers=headers, timeout=60) as client:
                path, begun, all_of_them = f"/actions/v1/editions/{edition}/comments", _cpu(pid), list[float]()
                for what, asked in _QUERIES.items():
                    took = _pages(client, path, asked)
                    found[f"report_comments{what}_p50{whose}"] = alone(median(took), "ms")
                    all_of_them += took
                found[f"report_comments_p99{whose}"] = alone(quantiles(all_of_them, n=100)[-1], "ms", "20 ms")
                spent = 1000 * (_cpu(pid) - begun) / len(all_of_them)
                found[f"report_comments_cpu{whose}"] = alone(spent, "ms of a core a page")
                seconds = _workbook(client, path)
                found[f"report_comments_xlsx{whose}"] = alone(seconds, f"s for {STORED:,}", "10 s")
    return found


def _cpu(pid: int) -> float:
    """The CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _load(connection: asyncpg.Connection) -> UUID:
    rows = await connection.fetch(_EDITIONS)
    for statement in (_CONTRIBUTIONS, _ROUNDS, _COMMENTS):
        await connection.execute(statement)
    for table in ("edition", "contribution", "review_round", "comment"):
        await connection.execute(f"VACUUM ANALYZE escm.action_{table}")
    found: UUID = rows[1]["id"]
    return found


def _pages(client: httpx.Client, path: str, asked: Mapping[str, str]) -> list[float]:
    """The milliseconds of pages of a list, from its first on, again and again."""
    first, took = str(httpx.URL(path, params={**asked, "limit": "50"})), list[float]()
    client.get(first).raise_for_status()
    following = first
    for _ in range(PAGES):
        begun = time.perf_counter()
        response = client.get(following).raise_for_status()
        took.append((time.perf_counter() - begun) * 1000)
        following = response.json()["next"] or first
    return took


def _workbook(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    response = client.get(path, params={"format": "xlsx"}).raise_for_status()
    seconds = time.perf_counter() - begun
    if not response.content.startswith(b"PK"):
        raise RuntimeError(response.text[:200])
    return seconds


async def _plans(at: Addresses, edition: UUID, account: UUID) -> list[str]:
    """The plan of the first page of an edition, by id and by number, as the service's role for an editor."""
    principal = Principal(
        kind=PrincipalKind.ACCOUNT, id=account, grants=(Grant("editor", "edition", str(edition), today(), None),)
    )
    access = access_scope_for(principal, ROLES, COMMENTS.resource)
    database = await Database.open(ActionsSettings(database_url=at.postgres).database_dsn(), size=1)
    try:
        return [await _plan(database, access, edition, asked) for asked in _QUERIES.values()]
    finally:
        await database.close()


async def _plan(database: Database, access: AccessScope, edition: UUID, given: Mapping[str, str]) -> str:
    filters = {name: LISTING.filters[name].parse(value) for name, value in given.items() if name != "sort"}
    sort = given.get("sort", "id")
    asked = ListRequest({"edition_id": edition, **filters}, sort.lstrip("-"), sort.startswith("-"), 50)
    statement = LISTING._statements.pages.get(access.access_kind, *asked.shape, "", False)
    arguments = statement.arguments(LISTING.arguments(asked, access))
    async with database.acquire() as connection:
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {statement.sql}", *arguments)
    return "\n".join((json.dumps(given), *(row[0] for row in rows)))
