"""The history: one line of revisions, up and down, and the same tables as in code."""

import asyncio
import re
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from deploy.local.binaries import Binaries
from migrations.baseline import REVISION
from migrations.roles import UnfitDatabase
from migrations.run import alembic_config, migrate
from shared.configuration.settings import Settings
from shared.database.tables import metadata
from tests.actions.neighbours import enter
from tests.support.stack import copy_template

_OF_NO_COUNTRY = {"action_framework", "member_notice", "member_retention_rule"}
"""Reference data that everybody may read: its country is empty."""
ROOT = Path(__file__).parents[2]
_OF_ONE_DUMP = re.compile(r"^\\(un)?restrict .*|'[\d-]{10} [\d:.]{8,}\+00'| +$", re.MULTILINE)
_OWNERS = ("core", "audit", "messaging", "bulk", "counts", "access", "membership", "centres", "actions")
_EVERYTHING = """
SELECT 'relation ' || relname || ' ' || relkind::text || coalesce(relacl::text, '') FROM pg_class
WHERE relnamespace = 'escm'::regnamespace
UNION ALL SELECT 'column ' || attrelid::regclass || ' ' || attname || coalesce(attacl::text, '')
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'escm'::regnamespace AND NOT attisdropped
UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'escm'::regnamespace
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname FROM pg_constraint
WHERE connamespace = 'escm'::regnamespace
UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policy ' || polrelid::regclass || ' ' || polname FROM pg_policy
UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'escm'::regnamespace
ORDER BY 1
"""


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none", Settings()))


def test_there_is_one_head_and_each_file_has_its_number_and_its_owner() -> None:
    script = _script()
    assert len(script.get_heads()) == 1
    revisions = list(script.walk_revisions())[::-1]
    for number, revision in enumerate(revisions, 1):
        assert re.match(rf"{number:04}_({'|'.join(_OWNERS)})(_[a-z_]+)?$", revision.revision)
        assert Path(revision.path).stem == revision.revision
        assert not isinstance(revision.down_revision, tuple)


def test_no_two_kinds_have_refs_with_the_same_prefix() -> None:
    texts = [Path(revision.path).read_text() for revision in _script().walk_revisions()]
    prefixes = Counter(prefix for text in texts for prefix in re.findall(r'reference_numbers\("\w+", "(\w+)"', text))
    assert [prefix for prefix, count in prefixes.items() if count > 1] == []
    assert "SUP" in prefixes


@pytest.mark.long("takes every migration up")
async def test_the_baseline_and_the_chain_make_the_same_database(test_servers: dict[str, str]) -> None:
    new, old = [await _empty(test_servers["postgres"], f"escm_{name}") for name in ("baseline", "chain")]
    (baseline,) = (one for one in _script().walk_revisions() if one.revision == REVISION)
    await migrate(old, revision=str(baseline.down_revision))
    await asyncio.gather(migrate(new), migrate(old))
    by_baseline, by_chain = [await asyncio.to_thread(_dumped, url) for url in (new, old)]
    assert [part for part in by_baseline if part not in by_chain] == []
    assert by_baseline == by_chain
    assert len(by_chain) > 2_000


def _dumped(url: str) -> list[str]:
    """Each thing of the schema as pg_dump has it: its definition, its grants or its rows.

    Without partitions of days, which may begin between two dumps, and without what differs in each database: instants.
    Functions of the baseline have no space at the end of a line.
    """
    command = [Binaries.of_wheels().postgres.with_name("pg_dump"), "--schema=escm", "--inserts", url]
    dated = ("core_audit_2*", "core_idempotency_2*")
    command += [f"--exclude-table={name}" for name in dated]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    parts = re.sub(_OF_ONE_DUMP, "", text).split("\n--\n-- ")
    return sorted("\n".join(sorted(part.splitlines())) if "; Type: ACL;" in part else part for part in parts)


@pytest.mark.long("takes every migration up and down")
async def test_the_history_goes_up_down_and_up_again(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_history")
    await migrate(url)
    first = await _shape(url)
    await asyncio.to_thread(command.downgrade, alembic_config(url, Settings()), "base")
    assert [name for name, _ in await _shape(url)] == ["core_migration"]
    await asyncio.gather(migrate(url), migrate(url), migrate(url))
    assert await _shape(url) == first


async def test_the_last_three_steps_down_leave_what_was_there_before_them(test_servers: dict[str, str]) -> None:
    url = await _copied(test_servers["postgres"], "escm_last_steps")
    revisions = list(_script().walk_revisions())[:3]
    config, after = alembic_config(url, Settings()), [await _everything(url)]
    for revision in revisions:
        await asyncio.to_thread(command.downgrade, config, str(revision.down_revision))
        after.append(await _everything(url))
    for revision in reversed(revisions):
        assert await _everything(url) == after.pop(), revision.revision
        await asyncio.to_thread(command.upgrade, config, revision.revision)
    assert await _everything(url) == after.pop()


@pytest.mark.long("takes every migration up and down")
async def test_each_step_down_leaves_what_was_there_before_the_step_up(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_steps")
    config = alembic_config(url, Settings())
    revisions = list(_script().walk_revisions())[::-1]
    await migrate(url, revision=revisions[0].revision)
    await asyncio.to_thread(command.downgrade, config, "base")
    before = {}
    for revision in revisions:
        before[revision.revision] = await _everything(url)
        await asyncio.to_thread(command.upgrade, config, revision.revision)
    for revision in reversed(revisions):
        await asyncio.to_thread(command.downgrade, config, revision.down_revision or "base")
        assert await _everything(url) == before[revision.revision], revision.revision


async def test_a_database_of_an_unknown_release_is_refused_with_a_sentence_and_left_alone(
    test_servers: dict[str, str],
) -> None:
    url = await _empty(test_servers["postgres"], "escm_unknown")
    await migrate(url, revision="0001_core")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE escm.core_migration SET version_num = '9999_core_later'")
    await connection.execute("REVOKE USAGE ON SCHEMA escm FROM escm_relay")
    before = await _everything(url)
    with pytest.raises(UnfitDatabase, match="9999_core_later, which this release does not have: nothing was changed"):
        await migrate(url)
    assert await _everything(url) == before
    assert not await connection.fetchval("SELECT has_schema_privilege('escm_relay', 'escm', 'USAGE')")
    await connection.close()


@pytest.mark.long("migrates from an earlier state")
async def test_accounts_suspended_earlier_return_to_active(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_suspended")
    await migrate(url, revision="0021_membership_erasure")
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at,"
        " updated_by, email, email_key, name, search_key) VALUES (gen_random_uuid(), 1, 'suspended', 'restricted',"
        " now(), 'test', now(), 'test', 'a@example.org', 'a@example.org', 'A', 'a')"
    )
    await migrate(url)
    row = await connection.fetchrow("SELECT previous_status, suspended_by FROM escm.access_account")
    await connection.close()
    assert row is not None
    assert tuple(row) == ("active", "secretariat")


@pytest.mark.long("migrates from an earlier state")
async def test_records_from_before_their_counts_are_counted(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_counted")
    (counting,) = (one for one in _script().walk_revisions() if one.revision.endswith("_actions_statistics"))
    await migrate(url, revision=str(counting.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    plan = await enter(
        connection, "action_programme", status="exploring", framework="3+1/2026", visibility="restricted"
    )
    place = {"programme_id": plan, "pillar": "core", "kind": "action", "tags": "[]"}
    work = await enter(connection, "action_action", status="proposed", visibility="restricted", **place)
    await enter(connection, "action_milestone", status="pending", weight=1.0, action_id=work)
    await migrate(url, revision=counting.revision)
    counts = "SELECT kind, visibility, status, country, category, n FROM core_count_delta ORDER BY kind"
    rows = [tuple(row) for row in await connection.fetch(counts)]
    await connection.close()
    assert rows == [
        ("action", "restricted", "proposed", "XA", "core action 3+1/2026", 1),
        ("milestone", "public", "pending", "XA", "", 1),
        ("programme", "restricted", "exploring", "XA", "3+1/2026", 1),
    ]


@pytest.mark.long("migrates from an earlier state")
async def test_centres_from_before_their_stages_are_in_the_present_one(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_stages")
    (staging,) = (one for one in _script().walk_revisions() if one.revision.endswith("_centres_stages"))
    await migrate(url, revision=str(staging.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    since = datetime(2026, 11, 1, 12, tzinfo=UTC)
    centres = {
        status: await enter(connection, "centre_centre", status=status, clock_since=clock, updated_at=since)
        for status, clock in (
            ("draft", None), ("submitted", since), ("under_review", since), ("awaiting_agreement", None),
            ("active", None),
        )
    }  # fmt: skip
    for _ in range(2):
        reviewed = {"centre_id": centres["under_review"], "recommendation": "decline", "visibility": "restricted"}
        await enter(connection, "centre_review", status="recorded", **reviewed)
    signed = {"centre_id": centres["awaiting_agreement"], "kind": "host", "visibility": "restricted"}
    await enter(connection, "centre_agreement", status="in_force", **signed)
    await migrate(url, revision=staging.revision)
    found = "SELECT stage, holder, entered_at, left_at, target_at FROM centre_stage ORDER BY stage"
    stages = {row["stage"]: tuple(row)[1:] for row in await connection.fetch(found)}
    clocks = "SELECT status, clock_holder, clock_since, clock_target FROM centre_centre"
    held = {row["status"]: tuple(row)[1:] for row in await connection.fetch(clocks)}
    await connection.close()
    assert stages == {
        "draft": ("applicant", since, None, None),
        "submitted": ("secretariat", since, None, since + timedelta(days=30)),
        "under_review": ("secretariat", since, None, since + timedelta(days=60)),
        "awaiting_agreement": ("government", since, None, None),
        "active": (None, since, None, None),
    }
    assert held == {
        status: (holder, since if holder else None, target) for status, (holder, _, _, target) in stages.items()
    }


@pytest.mark.long("migrates from an earlier state")
async def test_reports_from_before_have_the_day_of_their_first_submission(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_reported")
    (reporting,) = (one for one in _script().walk_revisions() if one.revision.endswith("_actions_reported"))
    await migrate(url, revision=str(reporting.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    await connection.execute("SET session_replication_role = 'replica'")  # without what the reports refer to
    first, again = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)
    old = {
        name: await enter(
            connection, "action_report", status=status, visibility=visibility, submitted_at=at, prefill="none"
        )
        for name, status, visibility, at in (
            ("draft", "draft", "network", None),
            ("returned", "draft", "restricted", again),
            ("published", "published", "public", again),
            ("unaudited", "submitted", "restricted", again),
        )
    }
    for name, action, at in (
        ("draft", "create", first),
        ("returned", "submit", first), ("returned", "return", first + timedelta(days=1)), ("returned", "submit", again),
        ("published", "create", first - timedelta(days=1)), ("published", "submit", first),
        ("published", "submit", again),
    ):  # fmt: skip
        about = {
            "subject": old[name],
            "resource": "actions.reports",
            "actor_kind": "system",
            "detail": b"",
            "content_hash": b"",
        }
        await enter(connection, "core_audit", at=at, action=action, version=1, **about)
    await migrate(url, revision=reporting.revision)
    rows = await connection.fetch("SELECT id, reported_at, submitted_at FROM action_report")
    await connection.close()
    assert {row["id"]: tuple(row)[1:] for row in rows} == {
        old["draft"]: (None, None),
        old["returned"]: (first, again),
        old["published"]: (first, again),
        old["unaudited"]: (again, again),
    }


@pytest.mark.long("migrates from an earlier state")
async def test_centres_that_closed_before_have_their_last_day(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_closed")
    (closing,) = (one for one in _script().walk_revisions() if one.revision.endswith("_centres_closed_on"))
    await migrate(url, revision=str(closing.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    await connection.execute("SET session_replication_role = 'replica'")  # without what the centres refer to
    day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for status, visibility in (("closed", "public"), ("closed", "restricted"), ("active", "public")):
        await enter(connection, "centre_centre", status=status, visibility=visibility, updated_at=day)
    await migrate(url, revision=closing.revision)
    rows = await connection.fetch("SELECT status, closed_on FROM centre_centre")
    await connection.close()
    assert sorted(map(tuple, rows), key=str) == [("active", None), *[("closed", day.date())] * 2]


async def _copied(server: str, name: str) -> str:
    """A migrated database of this name."""
    await copy_template(server, name)
    return f"{server}{name}"


async def _empty(server: str, name: str) -> str:
    connection = await asyncpg.connect(f"{server}postgres")
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    return f"{server}{name}"


async def _everything(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(_EVERYTHING)]
    finally:
        await connection.close()


async def _shape(url: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT c.relname, coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '"
            " ORDER BY a.attnum), '') AS columns FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE n.nspname = 'escm' AND c.relkind IN ('r', 'p', 'v') AND c.relname !~ '_\\d{8}$'"
            " GROUP BY c.relname ORDER BY c.relname"
        )
    finally:
        await connection.close()
    return [(row["relname"], row["columns"]) for row in rows]


async def test_the_tables_in_code_stand_in_the_database(database_url: str) -> None:
    for path in [*ROOT.glob("services/**/tables.py"), *ROOT.glob("shared/*/tables.py")]:
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    import_module("shared.web.request.idempotency")
    found = {name: dict(re.findall(r"(\w+) ([^,]+)", columns)) for name, columns in await _shape(database_url)}
    for table in metadata.tables.values():
        assert {column.key for column in table.c} <= set(found[table.name]), table.name


@pytest.mark.parametrize("pattern", ["member_%", "centre_%", "action_%"])
async def test_country_scoped_tables_have_row_level_security_forced(database_url: str, pattern: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        open_tables = await connection.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'country' AND NOT a.attisdropped"
            " WHERE n.nspname = 'escm' AND c.relkind = 'r' AND c.relname LIKE $1"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
            pattern,
        )
    finally:
        await connection.close()
    assert {row["relname"] for row in open_tables} <= _OF_NO_COUNTRY


@pytest.mark.long("migrates from an earlier state")
async def test_people_alone_get_tokens_of_public_clients_from_before(test_servers: dict[str, str]) -> None:
    url = await _copied(test_servers["postgres"], "escm_grants")
    (granting,) = (one for one in _script().walk_revisions() if one.revision.endswith("_access_client_grants"))
    await asyncio.to_thread(command.downgrade, alembic_config(url, Settings()), str(granting.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    machine = {"name": "Ministry", "status": "active", "visibility": "restricted", "client_id": "client-of-before"}
    await enter(connection, "access_client", scope_kind="global", **machine)
    await migrate(url)
    found = dict(await connection.fetch("SELECT client_id, grants FROM access_client"))
    await connection.close()
    assert found["client-of-before"] == ["authorization_code", "client_credentials"]
    assert found["escm-cli"] == found["escm-pages"] == ["authorization_code"]


@pytest.mark.long("migrates from an earlier state")
async def test_addresses_from_before_are_compared_by_lower_case(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_addresses")
    (keys,) = (one for one in _script().walk_revisions() if one.revision.endswith("_core_address_keys"))
    await migrate(url, revision=str(keys.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    addresses = ("Groß@example.org", "Plain@example.org")
    account = {"visibility": "restricted", "country": None, "status": "active"}
    for address in addresses:
        await enter(connection, "access_account", email=address, email_key=address.casefold(), **account)
    written = dumps([{"value": address} for address in addresses])
    folded = [address.casefold() for address in addresses]
    expert = {"status": "active", "category": "expert", "emails": written, "email_keys": folded}
    await enter(connection, "member_expert", **expert)
    await migrate(url, revision=keys.revision)
    of_accounts = [row[0] for row in await connection.fetch("SELECT email_key FROM access_account ORDER BY email")]
    of_expert = await connection.fetchval("SELECT email_keys FROM member_expert")
    await connection.close()
    assert of_accounts == of_expert == ["groß@example.org", "plain@example.org"]


@pytest.mark.long("migrates from an earlier state")
async def test_agreements_from_before_have_sides_and_know_who_has_signed(test_servers: dict[str, str]) -> None:
    url = await _empty(test_servers["postgres"], "escm_signatures")
    (signing,) = (one for one in _script().walk_revisions() if one.revision.endswith("_centres_signatures"))
    await migrate(url, revision=str(signing.down_revision))
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    await connection.execute("SET session_replication_role = 'replica'")  # without the centres
    host, signer = {"name": "Host", "institution_id": str(uuid4())}, uuid4()
    network, ministry = ({"name": name, "institution_id": None} for name in ("Network", "Ministry"))
    old = {
        status: await enter(
            connection, "centre_agreement", status=status, kind="host", visibility="restricted", parties=dumps(parties)
        )
        for status, parties in (
            ("partly_signed", [network, host]),
            ("in_negotiation", [host, network, ministry]),
            ("drafting", [network]),
        )
    }
    about = {"resource": "centres.agreements", "actor_kind": "account", "detail": b"", "content_hash": b""}
    for agreement in old.values():
        await enter(connection, "core_audit", subject=agreement, action="sign", actor_id=signer, version=2, **about)
    await migrate(url, revision=signing.revision)
    rows = await connection.fetch("SELECT status, parties, signers FROM centre_agreement")
    await connection.close()
    found = {row["status"]: ([one["side"] for one in loads(row["parties"])], row["signers"]) for row in rows}
    assert found == {
        "partly_signed": (["secretariat", "institution"], [f"account:{signer}"]),
        "in_negotiation": (["institution", "other", "other"], []),
        "drafting": (["other"], []),
    }
