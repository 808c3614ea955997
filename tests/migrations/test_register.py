"""Centres that were designated before the register enter it from the audit trail."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from json import dumps
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from migrations.run import alembic_config, migrate
from shared.configuration.settings import Settings
from shared.kernel.clock import today
from tests.actions.neighbours import enter

_ENTRIES = """
SELECT recorded_on, status, shown -> 'names' ->> 'en' AS name, shown -> 'host' ->> 'name' AS host, note,
    ARRAY(SELECT value ->> 'change' FROM jsonb_array_elements(changes)) AS changes
FROM centre_register_entry WHERE registration_number = $1 ORDER BY position
"""
_TERM = {"term_number": 1, "term_starts": "2026-03-01", "term_ends": "2030-02-28"}


@pytest.fixture
async def url(test_servers: dict[str, str]) -> str:
    """A database of the release before the register."""
    server, name = test_servers["postgres"], "escm_register"
    connection = await asyncpg.connect(f"{server}postgres")
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    script = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none", Settings()))
    (register,) = (one for one in script.walk_revisions() if one.revision.endswith("_centres_register"))
    await migrate(f"{server}{name}", revision=str(register.down_revision))
    return f"{server}{name}"


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    yield opened
    await opened.close()


async def changed(
    connection: asyncpg.Connection, centre: UUID, version: int, day: date, status: str, visibility: str, **values: Any
) -> None:
    """An entry of the audit trail about a change of a centre."""
    changes = [{"pointer": f"/{name}", "before": None, "after": value} for name, value in values.items()]
    await connection.execute(
        "INSERT INTO core_audit (at, actor_kind, action, resource, subject, version, country, visibility, to_status,"
        " request_id, detail, content_hash)"
        " VALUES ($1, 'system', 'update', 'centres.centres', $2, $3, 'XA', $4, $5, '', $6, '')",
        datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        centre,
        version,
        visibility,
        status,
        dumps({"reason": "Never shown", "changes": changes}).encode(),
    )


async def centre(connection: asyncpg.Connection, number: str, serial: int, host: UUID, **values: Any) -> UUID:
    """A designated centre as it is now."""
    numbered = {"registration_number": number, "registration_serial": serial, "designated_on": date(2026, 3, 1)}
    return await enter(connection, "centre_centre", **numbered, host_institution_id=host, **values)


async def test_the_days_of_earlier_centres_follow_the_audit_trail(url: str, connection: asyncpg.Connection) -> None:
    host = await enter(connection, "member_institution", status="verified", display_name="University")
    first = await centre(connection, "ESNRC-XA-01", 1, host, status="suspended", names='{"en": "Second name"}')
    begun = {"names": {"en": "First name"}, "host_institution_id": str(host), "themes": ["peat"], "position": None}
    numbered = {"registration_number": "ESNRC-XA-01", **_TERM}
    await changed(connection, first, 1, date(2026, 2, 1), "draft", "network", **begun)
    await changed(connection, first, 2, date(2026, 3, 1), "active", "network", **numbered)
    await changed(connection, first, 3, date(2026, 3, 5), "active", "public")
    await changed(connection, first, 4, date(2026, 4, 1), "active", "public", names={"en": "Second name"})
    await changed(connection, first, 5, date(2026, 5, 1), "suspended", "public")
    hidden = await centre(connection, "ESNRC-XA-02", 2, host, status="active", visibility="network", names="{}")
    await changed(connection, hidden, 1, date(2026, 3, 1), "active", "network", registration_number="ESNRC-XA-02")
    await centre(connection, "ESNRC-XA-03", 3, host, status="active", names='{"en": "Without a trail"}')
    await migrate(url)

    found = [tuple(row) for row in await connection.fetch(_ENTRIES, "ESNRC-XA-01")]
    assert [row[:3] for row in found[:3]] == [
        (date(2026, 3, 5), "active", "First name"),
        (date(2026, 4, 1), "active", "Second name"),
        (date(2026, 5, 1), "suspended", "Second name"),
    ]
    assert [row[5] for row in found[:3]] == [["designated"], ["renamed"], ["suspended"]]
    assert {(row[3], row[4]) for row in found} == {("University", None)}
    assert await connection.fetch(_ENTRIES, "ESNRC-XA-02") == []
    (entry,) = await connection.fetch(_ENTRIES, "ESNRC-XA-03")
    assert tuple(entry)[:3] == (today(), "active", "Without a trail")

    await connection.execute("UPDATE centre_centre SET status = 'active', updated_at = now() WHERE id = $1", first)
    assert tuple((await connection.fetch(_ENTRIES, "ESNRC-XA-01"))[-1])[5] == ["reinstated"]
