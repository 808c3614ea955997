"""Promise 38: every tampering by a superuser is found from an export and the public key, with its position."""

import random
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import asyncpg
import pytest

from shared.audit.proof import CONTENT, content_hash, link_hash
from tests.shared.audit.trail import Trail

_ROUNDS = 5
_EACH = 12
_EDITS = {
    "at": "at + interval '1 microsecond'",
    "actor_kind": "actor_kind || 'x'",
    "actor_id": "gen_random_uuid()",
    "action": "action || 'd'",
    "resource": "resource || 'x'",
    "subject": "gen_random_uuid()",
    "version": "version + 1",
    "country": "'XB'",
    "visibility": "'network'",
    "from_status": "'active'",
    "to_status": "NULL",
    "request_id": "request_id || 'x'",
    "before_hash": "sha256('other')",
    "after_hash": "sha256('other')",
    "detail": "detail || '\\x00'",
    "detail_key": "NULL",
    "content_hash": "sha256('other')",
}
Mutation: TypeAlias = Callable[[asyncpg.Connection, random.Random, list[int]], Awaitable[tuple[range | None, str]]]
"""Tampers with the trail. Returns the expected position of the fault, or None, and words of its report."""


@pytest.fixture
async def sealed(trail: Trail) -> Trail:
    """A trail of sixty entries with a checkpoint after every twelve."""
    for _ in range(_ROUNDS):
        await trail.write(_EACH)
        await trail.link(seal=True)
    await trail.keep()
    return trail


def _at(position: int) -> range:
    return range(position, position + 1)


async def _edit(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position, column = chance.choice(positions), chance.choice(sorted(_EDITS))
    await admin.execute(
        f"UPDATE core_audit SET {column} = {_EDITS[column]}"
        " WHERE id = (SELECT entry FROM core_audit_link WHERE position = $1)",
        position,
    )
    return _at(position), "content edited"


async def _edit_with_hash(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await _rewrite(admin, position)
    return _at(position), "link broken"


async def _edit_and_link_anew(
    admin: asyncpg.Connection, chance: random.Random, positions: list[int]
) -> tuple[range, str]:
    position = chance.choice(positions)
    await _rewrite(admin, position)
    previous = await admin.fetchval("SELECT hash FROM core_audit_link WHERE position = $1", position - 1) or bytes(32)
    rows = await admin.fetch(
        "SELECT position, entry, content_hash FROM core_audit_link JOIN core_audit ON id = entry WHERE position >= $1"
        " ORDER BY position",
        position,
    )
    for row in rows:
        previous = link_hash(previous, row["position"], row["entry"].bytes, row["content_hash"])
        await admin.execute("UPDATE core_audit_link SET hash = $2 WHERE position = $1", row["position"], previous)
    return range(position, position + _EACH), "was rebuilt"


async def _rewrite(admin: asyncpg.Connection, position: int) -> None:
    """Edits an entry and sets the matching content hash."""
    row = await admin.fetchrow(
        "UPDATE core_audit SET action = 'approve' WHERE id = (SELECT entry FROM core_audit_link WHERE position = $1)"
        " RETURNING *",
        position,
    )
    found = content_hash({name: row[name] for name in CONTENT}, row["detail"], row["detail_key"])
    await admin.execute("UPDATE core_audit SET content_hash = $2 WHERE id = $1", row["id"], found)


async def _delete_entry(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await admin.execute(
        "DELETE FROM core_audit WHERE id = (SELECT entry FROM core_audit_link WHERE position = $1)", position
    )
    return _at(position), "entry missing"


async def _delete_whole(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await admin.execute(
        "WITH gone AS (DELETE FROM core_audit_link WHERE position = $1 RETURNING entry)"
        " DELETE FROM core_audit WHERE id = (SELECT entry FROM gone)",
        position,
    )
    return range(position, position + 2), "missing"


async def _unlink(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await admin.execute("DELETE FROM core_audit_link WHERE position = $1", position)
    return range(position, position + 2), "missing"


async def _swap(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    first, second = sorted(chance.sample(positions, 2))
    await admin.execute(
        "UPDATE core_audit_link l SET entry = o.entry FROM core_audit_link o"
        " WHERE (l.position, o.position) IN (($1, $2), ($2, $1))",
        first,
        second,
    )
    return _at(first), "order was changed"


async def _swap_places(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    first, second = sorted(chance.sample(positions, 2))
    await admin.execute("UPDATE core_audit_link SET position = -1000 WHERE position = $1", first)
    await admin.execute("UPDATE core_audit_link SET position = $1 WHERE position = $2", first, second)
    await admin.execute("UPDATE core_audit_link SET position = $1 WHERE position = -1000", second)
    return _at(first), "order was changed"


async def _swap_ids(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await admin.execute(
        "WITH l AS ("
        "UPDATE core_audit_link SET entry = uuidv7() WHERE position = $1 RETURNING old.entry, new.entry AS n)"
        " UPDATE core_audit a SET id = l.n FROM l WHERE a.id = l.entry",
        position,
    )
    return _at(position), "link broken"


async def _break_link(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    position = chance.choice(positions)
    await admin.execute("UPDATE core_audit_link SET hash = sha256('other') WHERE position = $1", position)
    return _at(position), "link broken"


async def _truncate_entries(
    admin: asyncpg.Connection, chance: random.Random, positions: list[int]
) -> tuple[range, str]:
    await admin.execute("TRUNCATE core_audit")
    return _at(positions[0]), "entry missing"


async def _truncate_links(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    await admin.execute("TRUNCATE core_audit_link")
    return _at(positions[0]), "entries are missing"


async def _truncate_checkpoints(
    admin: asyncpg.Connection, chance: random.Random, positions: list[int]
) -> tuple[range, str]:
    await admin.execute("TRUNCATE core_audit_checkpoint")
    return _at(positions[0]), "no checkpoint"


async def _cut_the_end(admin: asyncpg.Connection, chance: random.Random, positions: list[int]) -> tuple[range, str]:
    first = chance.choice(positions)
    await admin.execute(
        "WITH gone AS (DELETE FROM core_audit_link WHERE position >= $1 RETURNING entry)"
        " DELETE FROM core_audit WHERE id IN (SELECT entry FROM gone)",
        first,
    )
    return _at(first), "entries are missing"


async def _cut_the_beginning(
    admin: asyncpg.Connection, chance: random.Random, positions: list[int]
) -> tuple[range, str]:
    last = chance.choice(positions[_EACH:-_EACH])
    await admin.execute(
        "WITH gone AS (DELETE FROM core_audit_link WHERE position <= $1 RETURNING entry)"
        " DELETE FROM core_audit WHERE id IN (SELECT entry FROM gone)",
        last,
    )
    await admin.execute("DELETE FROM core_audit_checkpoint WHERE position < $1", last)
    return range(positions[0], last + 2), "beginning is cut off"


async def _move_a_checkpoint(
    admin: asyncpg.Connection, chance: random.Random, positions: list[int]
) -> tuple[range, str]:
    position = _EACH * chance.randint(1, _ROUNDS)
    column, value = chance.choice(
        [
            ("hash", "sha256('other')"),
            ("at", "at + interval '1 day'"),
            ("start", "start + 1"),
            ("signature", "hash || hash"),
        ]
    )
    await admin.execute(f"UPDATE core_audit_checkpoint SET {column} = {value} WHERE position = $1", position)
    return _at(position), "signature wrong"


_MUTATIONS: tuple[Mutation, ...] = (
    _edit,
    _edit_with_hash,
    _edit_and_link_anew,
    _delete_entry,
    _delete_whole,
    _unlink,
    _swap,
    _swap_places,
    _swap_ids,
    _break_link,
    _truncate_entries,
    _truncate_links,
    _truncate_checkpoints,
    _cut_the_end,
    _cut_the_beginning,
    _move_a_checkpoint,
)


async def test_an_untouched_trail_is_whole(sealed: Trail) -> None:
    found = await sealed.summary()
    assert (found.entries, found.sealed, found.begins_after) == (60, 60, 0)
    assert found.checkpoints == _ROUNDS + 1


@pytest.mark.parametrize("mutation", _MUTATIONS, ids=lambda mutation: mutation.__name__.strip("_"))
async def test_what_a_superuser_did_is_found_with_its_place(sealed: Trail, mutation: Mutation) -> None:
    chance = random.Random(mutation.__name__)
    positions = await sealed.positions()
    for _ in range(4):
        where, words = await mutation(sealed.admin, chance, positions)
        bad = await sealed.fault()
        assert words in bad.what, (bad.position, bad.what, where)
        assert where is not None
        assert bad.position in where, (bad.position, bad.what, where)
        await sealed.bring_back()
    assert (await sealed.summary()).entries == 60


async def test_an_entry_that_was_slipped_in_is_found(sealed: Trail) -> None:
    columns = f"{', '.join(CONTENT)}, detail, content_hash"
    slipped = await sealed.admin.fetchval(
        f"INSERT INTO core_audit (id, {columns}) SELECT uuidv7('-2 minutes'), {columns} FROM core_audit LIMIT 1"
        " RETURNING id"
    )
    assert (await sealed.fault()).what == f"entry outside the chain: {slipped}"
