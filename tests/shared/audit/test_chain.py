"""The work of the relay's leader for the trail."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
from pydantic import SecretStr

from shared.audit.chain import Chain
from shared.audit.proof import canonical
from shared.audit.verifying import BadTrail, verify
from shared.database.ids import uuid7
from shared.messaging.outbox import announce_change
from tests.shared.audit.trail import EXPERTS, Trail, enter_old

_EXPLAINED = "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET client_min_messages = log"
_LATEST = "SELECT position, at, key_id FROM core_audit_checkpoint ORDER BY position DESC LIMIT 1"


async def _nothing(_connection: object) -> None: ...


async def test_one_change_is_one_entry_and_one_fact_under_one_id(trail: Trail) -> None:
    await trail.write(3)
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit JOIN core_outbox ON fact = core_audit.id") == 3


async def test_entries_are_linked_at_the_positions_of_their_facts(trail: Trail) -> None:
    await trail.write(3)
    await trail.link()
    await trail.write(2)
    await trail.link()
    placed = await trail.admin.fetch("SELECT f.position, l.position AS linked FROM core_fact f JOIN core_audit_link l"
                                     " ON l.entry = f.fact ORDER BY 1")  # fmt: skip
    assert [tuple(row) for row in placed] == [(n, n) for n in range(1, 6)]
    assert (await trail.summary()).entries == 5


async def test_entries_are_found_by_their_index_though_a_month_was_empty_when_planned(trail: Trail) -> None:
    await trail.write(3)
    await trail.link(chain=_nothing)
    plans: list[str] = []
    await trail.admin.execute("VACUUM core_audit")
    await trail.admin.execute(_EXPLAINED)
    trail.admin.add_log_listener(lambda _connection, message: plans.append(message.message))
    async with trail.admin.transaction():
        await trail.chain(trail.admin)
    (plan,) = [plan for plan in plans if "INSERT INTO core_audit_link" in plan]
    assert "Scan using core_audit_2" in plan
    assert "Seq Scan on core_audit_2" not in plan
    assert await trail.positions() == [1, 2, 3]


async def test_what_a_leader_without_the_chain_has_left_is_linked_by_the_next(trail: Trail) -> None:
    await trail.write(3)
    await trail.link(chain=_nothing)
    assert await trail.positions() == []
    await trail.write(1)
    await trail.link(seal=True)
    assert await trail.positions() == [1, 2, 3, 4]
    assert (await trail.summary()).sealed == 4


async def test_a_fact_without_an_entry_leaves_its_position_free(trail: Trail) -> None:
    await trail.write(1)
    fact = {"fact": uuid7(), "type": EXPERTS.fact("created"), "time": datetime.now(UTC), "ref": "EXP-1", "link": "/x"}
    async with trail.writing() as uow:
        announce_change(
            uow, **fact, subject=uuid7(), version=1, country="XA", visibility="public", traceparent=None, bulk=False
        )
    await trail.write(1)
    await trail.link(seal=True)
    assert await trail.positions() == [1, 3]
    assert (await trail.summary()).sealed == 2


async def test_entries_after_the_last_checkpoint_wait_for_the_next(trail: Trail) -> None:
    await trail.write(2)
    await trail.link(seal=True)
    await trail.write(3)
    await trail.link()
    found = await trail.summary()
    assert (found.entries, found.sealed) == (5, 2)


async def test_where_nothing_is_new_the_last_checkpoint_is_renewed(trail: Trail) -> None:
    await trail.write(2)
    await trail.link(seal=True)
    first = await trail.admin.fetchrow(_LATEST)
    await trail.link()
    assert await trail.admin.fetchrow(_LATEST) == first
    await trail.link(seal=True)
    second = await trail.admin.fetchrow(_LATEST)
    assert (second["position"], second["at"] > first["at"]) == (2, True)
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit_checkpoint") == 2


async def test_after_a_change_of_the_secret_a_new_key_signs_and_the_old_one_is_known(trail: Trail) -> None:
    await trail.write(2)
    await trail.link(seal=True)
    first = await trail.admin.fetchval("SELECT key_id FROM core_audit_checkpoint WHERE position = 2")
    trail.chain = Chain(trail.settings.model_copy(update={"secret_key": SecretStr("another")}), clock=trail.clock)
    await trail.write(2)
    await trail.link(seal=True)
    assert await trail.admin.fetchval("SELECT key_id FROM core_audit_checkpoint WHERE position = 4") != first
    assert len(await trail.keys()) == 2
    assert (await trail.summary()).sealed == 4


async def test_a_trail_that_is_not_sealed_any_more_says_since_when(trail: Trail) -> None:
    await trail.write(4)
    await trail.link(seal=True)
    await trail.admin.execute("DELETE FROM core_audit_checkpoint WHERE position > 0")
    await trail.admin.execute("TRUNCATE core_audit_link, core_audit")
    header, *lines = await trail.exported()
    parsed = orjson.loads(header)
    later = canonical(parsed | {"made_at": f"2999{parsed['made_at'][4:]}"})
    with pytest.raises(BadTrail) as bad:
        verify([later, *lines], await trail.keys())
    assert (bad.value.position, "not sealed since" in bad.value.what) == (1, True)


async def test_an_end_cut_off_behind_the_leaders_back_is_not_sealed_again(trail: Trail) -> None:
    await trail.write(4)
    await trail.link(seal=True)
    await trail.write(4)
    await trail.link(seal=True)
    at = await trail.admin.fetchval("SELECT at FROM core_audit_checkpoint WHERE position = 4")
    await trail.admin.execute(
        "DELETE FROM core_audit WHERE id IN (SELECT entry FROM core_audit_link WHERE position > 4);"
        "DELETE FROM core_audit_link WHERE position > 4; DELETE FROM core_audit_checkpoint WHERE position > 4;"
        "UPDATE core_audit_head SET position = 8, hash = (SELECT hash FROM core_audit_link WHERE position = 4)"
    )
    await trail.write(2)
    await trail.link(seal=True)
    assert await trail.admin.fetchval("SELECT max(at) FROM core_audit_checkpoint") == at


async def test_a_trail_that_was_restored_is_sealed_again(trail: Trail) -> None:
    await trail.write(4)
    await trail.link(seal=True)
    await trail.keep()
    await trail.write(4)
    await trail.link(seal=True)
    await trail.bring_back()
    await trail.admin.execute(
        "SET ROLE escm_owner; CREATE TABLE restored (LIKE core_audit_link INCLUDING ALL);"
        "INSERT INTO restored SELECT * FROM core_audit_link;"
        "GRANT SELECT, INSERT ON restored TO escm_relay; GRANT SELECT ON restored TO escm_access;"
        "DROP TABLE core_audit_link; ALTER TABLE restored RENAME TO core_audit_link; RESET ROLE;"
        "DELETE FROM core_fact WHERE position > 4; UPDATE core_lease SET position = 4"
    )
    await trail.write(1)
    await trail.link(seal=True)
    found = await trail.summary()
    assert (found.entries, found.sealed) == (5, 5)


async def test_checkpoints_that_are_gone_are_not_begun_anew(trail: Trail) -> None:
    await trail.write(4)
    await trail.link(seal=True)
    await trail.admin.execute("TRUNCATE core_audit_checkpoint")
    await trail.link(seal=True)
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit_checkpoint") == 0
    bad = await trail.fault()
    assert (bad.position, "no checkpoint" in bad.what) == (1, True)


async def test_a_month_older_than_the_rule_is_dropped_and_the_rest_begins_at_a_checkpoint(trail: Trail) -> None:
    await _write_old(trail)
    assert await trail.positions() == [1, 2, 3, 4, 5]
    assert (await trail.summary()).entries == 5
    trail.clock.seconds += 90_000
    await trail.link()
    assert await trail.positions() == [4, 5]
    assert await trail.admin.fetchval("SELECT to_regclass('core_audit_20100301')") is None
    found = await trail.summary()
    assert (found.entries, found.begins_after) == (2, 3)
    await trail.write(1)
    await trail.link(seal=True)
    assert (await trail.summary()).sealed == 3
    await trail.admin.execute(
        "DELETE FROM core_audit WHERE id = (SELECT entry FROM core_audit_link WHERE position = 4);"
        "DELETE FROM core_audit_link WHERE position = 4; DELETE FROM core_audit_checkpoint WHERE position = 3"
    )
    assert "beginning is cut off" in (await trail.fault()).what


async def test_a_month_is_retired_in_parts_and_the_trail_verifies_after_each(trail: Trail) -> None:
    await _write_old(trail)
    trail.chain = Chain(trail.settings, part=2, clock=trail.clock)
    await trail.link()
    assert await trail.positions() == [3, 4, 5]
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit_20100301") == 3
    found = await trail.summary()
    assert (found.entries, found.begins_after) == (3, 2)
    trail.clock.seconds += 1
    await trail.link()
    assert await trail.positions() == [4, 5]
    assert await trail.admin.fetchval("SELECT to_regclass('core_audit_20100301')") is None
    assert (await trail.summary()).begins_after == 3


async def test_writers_do_not_wait_while_a_part_is_deleted(trail: Trail) -> None:
    await _write_old(trail)
    async with trail.admin.transaction():
        assert await trail.admin.fetchval("SELECT last FROM core_audit_retire(10, 2)") == 2
        await trail.write(1)


async def _write_old(trail: Trail) -> None:
    """Three linked entries of a month of long ago, and two of today."""
    await trail.admin.execute("SET ROLE escm_owner; SELECT core_audit_partition('2010-03-01'); RESET ROLE")
    at = datetime(2010, 3, 5, tzinfo=UTC)
    milliseconds = int(at.timestamp() * 1000)
    async with trail.writing() as uow:
        for number in range(3):
            made = uuid7()
            old = UUID(int=made.int & ((1 << 80) - 1) | (milliseconds + number) << 80)
            enter_old(uow, old, at)
    await trail.write(2)
    await trail.link(seal=True)
    assert await trail.positions() == [1, 2, 3, 4, 5]


async def test_partitions_are_made_ahead(trail: Trail) -> None:
    await trail.link()
    ahead = await trail.admin.fetchval(
        "SELECT count(*) FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'core_audit'::regclass"
        " AND relname > 'core_audit_' || to_char(now(), 'YYYYMMDD')"
    )
    assert ahead >= 3
    await trail.write(2)
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit_default") == 0
