"""Promise 37 for imports: each record that a list created or changed has its entry, with the hash of its row."""

from collections.abc import AsyncIterator

import asyncpg
import orjson
import pytest

from services.membership.register.experts.tables import affiliation, expert
from shared.audit.proof import state_hash
from tests.support.imports import Importer

_FIRST = b"""email,given_names,family_name,country,institution
a@example.org,Ana,Varga,XA,Academy of Snow
b@example.org,Bo,Li,XB,
"""
_QUESTION = dict.fromkeys(("match_status", "match_candidates", "matched_at"))
"""What the matching of an affiliation writes without an entry while it links nothing."""
_SECOND = _FIRST.replace(b"Varga", b"Vargas")


@pytest.fixture
async def typed(database_url: str, database: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Documents as the services see them, on empty tables."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm", "timezone": "UTC"})
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=orjson.loads)
    yield connection
    await connection.close()


async def test_what_an_import_wrote_is_what_its_entries_prove(secretariat: Importer, typed: asyncpg.Connection) -> None:
    await secretariat.bring("experts", _FIRST)
    first = await _hashes(typed)
    assert len(first) == 3
    await secretariat.bring("experts", _SECOND)
    second = await _hashes(typed)
    assert sorted(version for _, version in second) == [1, 1, 2]
    update = await typed.fetchrow("SELECT subject, before_hash FROM core_audit WHERE action = 'update'"
                                  " AND resource = 'membership.experts'")  # fmt: skip
    assert update["before_hash"] == first[update["subject"], 1]


async def _hashes(connection: asyncpg.Connection) -> dict[tuple[object, int], bytes]:
    """The hashes of the present experts and affiliations. AssertionError unless each has one entry, with that hash."""
    found = {}
    experts = {row["id"]: row for row in await connection.fetch(f"SELECT {_names(expert)} FROM member_expert")}
    for row in experts.values():
        found[row["id"], row["version"]] = state_hash(row)
    for row in await connection.fetch(f"SELECT {_names(affiliation)} FROM member_affiliation"):
        owner = experts[row["expert_id"]]
        whole = {**row, **_QUESTION, "ref": owner["ref"], "status": owner["status"]}
        found[row["id"], row["version"]] = state_hash(whole)
    entered = await connection.fetch("SELECT subject, version, after_hash FROM core_audit")
    recorded = [(row["subject"], row["version"]) for row in entered]
    assert {key: recorded.count(key) for key in found} == dict.fromkeys(found, 1)
    after = {(row["subject"], row["version"]): row["after_hash"] for row in entered}
    assert {key: after.get(key) for key in found} == found
    return found


def _names(table: object) -> str:
    return ", ".join(f'"{column.key}"' for column in table.c)  # type: ignore[attr-defined]
