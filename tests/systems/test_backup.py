"""`escm backup` and `escm restore`: the restored data equal the original, or nothing changes."""

import asyncio
import gzip
import io
import json
import os
import pty
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy import demo, demo_register
from deploy.backup.archive import Reader, Writer
from deploy.backup.erasing import erase_again
from deploy.cli.main import app
from deploy.local.folder import PROJECT
from migrations.run import migrate
from shared.bulk.erased import ErasedIds
from shared.bulk.store import FileStore
from shared.configuration.settings import Settings
from tests.support.databases import checksums, shape
from tests.support.documents import agrees, shown_in

runner = CliRunner()
_FILE = b"given_names,family_name,country\nAmina,Diallo,XA\n" * 200_000
_PASSWORD = {"ADMIN_PASSWORD": "correct-horse-battery-staple"}
_PROOF = b"%PDF-1.7\n" + b"Minutes of the meeting. " * 200_000
_CODES = b"id,scheme,edition\r\n" * 1_000
_EVIDENCE = """
INSERT INTO escm.action_evidence (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, title, category, file_name, size, media_type, sha256, scan_state, integrity_state, is_stored,
    search_key)
VALUES (uuidv7(), 1, $3, 'XA', 'restricted', now(), 'somebody', now(), 'somebody', 'Minutes', 'A08', 'minutes.pdf', $2,
    'application/pdf', $1, 'not_scanned', 'intact', $3 <> 'purged', 'minutes')
"""
_COPY = """
INSERT INTO escm.core_dataset_copy (service, name, day, file_format, sha256, size, made_at)
VALUES ('actions', 'codes', '2026-11-28', 'csv', $1, $2, '2026-11-28 22:00+00')
"""
_IMPORT = """
INSERT INTO escm.core_import (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    service, resource, job, mode, on_error, registry, file_name, file_digest, file_size, media, columns,
    ignored_columns)
VALUES (uuidv7(), 1, $2, 'restricted', now(), 'somebody', now(), 'somebody', 'membership', 'experts', uuidv7(),
    'commit', 'skip', false, 'experts.csv', $1, 1, 'csv', '[]', '{}')
"""

_ERASURE = """
INSERT INTO escm.member_erasure (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, expert_id, requested_by, was_restricted, subjects, reports, review)
VALUES (uuidv7(), 1, 'done', 'XA', 'restricted', now(), 'somebody', now(), 'somebody', $1, '{}', false, ARRAY[$1::uuid],
    '{}', '[]')
"""


@pytest.fixture(scope="module")
def source_system(database_named: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a system with the demo data, an imported file, evidence, a copy of open data and responses of
    yesterday."""
    url, files = database_named("backup"), tmp_path_factory.mktemp("files")

    async def fill() -> None:
        await demo.load(url)
        await demo_register.load(url)
        stored = await FileStore(files).put(io.BytesIO(_FILE))
        connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
        await connection.execute(_IMPORT, stored.digest, "done")
        proof = await FileStore(files / "evidence").put(io.BytesIO(_PROOF))
        await connection.execute(_EVIDENCE, proof.digest, proof.size, "available")
        await connection.execute(_EVIDENCE, "0" * 64, 1, "purged")
        copy = await FileStore(files / "open_data").put(io.BytesIO(_CODES))
        await connection.execute(_COPY, copy.digest, copy.size)
        await connection.execute(
            "SET ROLE escm_owner; CREATE TABLE core_idempotency_20200229 PARTITION OF core_idempotency"
            " FOR VALUES FROM ('2020-02-29') TO ('2020-03-01');"
            "INSERT INTO core_idempotency VALUES ('2020-02-29', 'scope', 'digest', 201, '{}', 'body')"
        )
        await connection.close()

    asyncio.run(fill())
    return {"DATABASE_URL": url, "ESCM_STORAGE_PATH": str(files)}


@pytest.fixture(scope="module")
def made(source_system: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "backup.tar"
    done = runner.invoke(app, ["backup", str(file)], env=source_system)
    assert done.exit_code == 0, done.output
    return file


@pytest.fixture
def empty(test_servers: dict[str, str], worker_number: int, tmp_path: Path) -> dict[str, str]:
    """The environment of a system with a database that is not migrated."""
    name = f"escm_test_{worker_number}_restored"
    asyncio.run(_run(f"{test_servers['postgres']}postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    asyncio.run(_run(f"{test_servers['postgres']}postgres", f"CREATE DATABASE {name} TEMPLATE template0"))
    return {"DATABASE_URL": test_servers["postgres"] + name, "ESCM_STORAGE_PATH": str(tmp_path / "files")}


async def _run(url: str, statement: str, *parameters: Any) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement, *parameters)
    finally:
        await connection.close()


def _value(system: dict[str, str], statement: str, *parameters: Any) -> Any:
    return asyncio.run(_run(system["DATABASE_URL"], statement, *parameters))


def _restore(system: dict[str, str], file: Path, *options: str, given: bytes | None = None) -> Result:
    return runner.invoke(app, ["restore", str(file), *options], env=system, input=given)


def test_a_restored_system_is_the_one_that_was_backed_up(
    source_system: dict[str, str], made: Path, empty: dict[str, str]
) -> None:
    done = _restore(empty, made)
    assert done.exit_code == 0, done.output
    before, after = (asyncio.run(checksums(system["DATABASE_URL"])) for system in (source_system, empty))
    assert before == after
    assert before["member_expert"][0] > 0
    assert asyncio.run(shape(source_system["DATABASE_URL"])) == asyncio.run(shape(empty["DATABASE_URL"]))
    digest = _value(empty, "SELECT file_digest FROM escm.core_import")
    assert Path(empty["ESCM_STORAGE_PATH"], digest[:2], digest).read_bytes() == _FILE
    assert made.stat().st_mode & 0o777 == 0o600
    assert "migrations: at" in done.output


@pytest.mark.parametrize("kept_by", ["store", "backup", "database"])
def test_who_was_erased_after_the_backup_is_erased_again(
    source_system: dict[str, str], made: Path, empty: dict[str, str], tmp_path: Path, kept_by: str
) -> None:
    person, name = _value(
        source_system, "SELECT ARRAY[id::text, display_name] FROM escm.member_expert ORDER BY id LIMIT 1"
    )
    file = shutil.copy(made, tmp_path / "older.tar")
    options = ()
    if kept_by == "store":
        ErasedIds(Path(empty["ESCM_STORAGE_PATH"])).add([UUID(person)])
    elif kept_by == "backup":
        ErasedIds(tmp_path).add([UUID(person)])
    else:
        assert _restore(empty, made).exit_code == 0
        settings = Settings(database_url=empty["DATABASE_URL"])
        asyncio.run(erase_again(empty["DATABASE_URL"], settings, FileStore(tmp_path), [UUID(person)]))
        _value(empty, _ERASURE, UUID(person))
        options = ("--replace", "--yes")
    done = _restore(empty, file, *options)
    assert (done.exit_code, "1 persons who were erased" in done.output) == (0, True), done.output
    left = (
        "SELECT ARRAY[display_name, names::text, (erased_at IS NOT NULL)::text] FROM escm.member_expert WHERE id = $1"
    )
    assert _value(empty, left, UUID(person)) == ["", "[]", "true"]
    assert (
        _value(empty, "SELECT count(*) FROM escm.member_expert WHERE search_key LIKE '%' || lower($1) || '%'", name)
        == 0
    )
    assert _value(empty, "SELECT count(*) FROM escm.member_expert") == _value(
        source_system, "SELECT count(*) FROM escm.member_expert"
    )


def test_a_backup_has_the_list_of_erased_persons_beside_it(
    source_system: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = tmp_path_factory.mktemp("store")
    shutil.copytree(source_system["ESCM_STORAGE_PATH"], files, dirs_exist_ok=True)
    person = uuid4()
    ErasedIds(files).add([person])
    env = {**source_system, "ESCM_STORAGE_PATH": str(files)}
    assert runner.invoke(app, ["backup", str(tmp_path / "backup.tar")], env=env).exit_code == 0
    assert ErasedIds(tmp_path).read() == {person}


def test_a_folder_keeps_the_backups_of_some_days(source_system: dict[str, str], tmp_path: Path) -> None:
    older, other = tmp_path / "escm-2026-01-01T000000Z.tar", tmp_path / "mine.tar"
    for file in (older, other):
        file.write_bytes(b"")
        os.utime(file, (0, 0))
    done = runner.invoke(app, ["backup", str(tmp_path), "--days", "35"], env=source_system)
    assert done.exit_code == 0, done.output
    (made,) = tmp_path.glob("escm-*.tar")
    assert (made != older, other.exists()) == (True, True)
    assert runner.invoke(app, ["backup", str(tmp_path / "a.tar"), "--days", "35"], env=source_system).exit_code == 1


def test_a_drill_restores_the_newest_backup_and_leaves_nothing(
    made: Path, empty: dict[str, str], source_system: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    assert "has no backup" in _drill(empty, folder, 1)
    older = folder / "older.tar"
    older.write_bytes(made.read_bytes()[:100_000])
    os.utime(older, (0, 0))
    shutil.copy(made, folder / "newest.tar")
    done = runner.invoke(app, ["drill", str(folder)], env={**empty, "COLUMNS": "400"})
    (shown,) = shown_in("operations.md", "Try to restore one")
    assert (done.exit_code, agrees(shown, done.output)) == (0, True), done.output
    assert _value(empty, "SELECT to_regnamespace('escm')") is None
    assert not Path(empty["ESCM_STORAGE_PATH"]).exists(), "the files of the installation are another place"
    assert "can be restored" in _drill(empty, folder, 0), "the next one finds an empty database"
    assert "not empty" in _drill(source_system, folder, 1)
    assert _value(source_system, "SELECT count(*) FROM escm.member_expert") > 0


def test_a_drill_fails_for_a_damaged_or_an_old_backup(made: Path, empty: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    whole = made.read_bytes()
    (folder / "newest.tar").write_bytes(whole[: len(whole) // 2])
    _drill(empty, folder, 1)
    with made.open("rb") as source, Reader(source) as opened:
        manifest = opened.manifest.model_copy(update={"made_at": datetime.now(UTC) - timedelta(hours=27)})
    with (folder / "newest.tar").open("wb") as target:
        Writer(target).finish(manifest)
    assert "more than 26 hours ago" in _drill(empty, folder, 1)
    assert "more than" not in _drill(empty, folder, 1, "--hours", "28")
    assert _value(empty, "SELECT to_regnamespace('escm')") is None


def _drill(system: dict[str, str], folder: Path, status: int, *options: str) -> str:
    """The words that a drill with this status prints."""
    done = runner.invoke(app, ["drill", str(folder), *options], env={**system, "COLUMNS": "400"})
    assert done.exit_code == status, done.output
    return " ".join(done.output.split())


def test_two_backups_of_the_same_data_have_the_same_digests(source_system: dict[str, str], made: Path) -> None:
    done = runner.invoke(app, ["backup", "-"], env=source_system)
    assert done.exit_code == 0
    with made.open("rb") as file:
        first, second = Reader(file).manifest, Reader(io.BytesIO(done.stdout_bytes)).manifest
    assert (first.tables, first.files, first.evidence) == (second.tables, second.files, second.evidence)


def test_a_backup_comes_by_a_pipe(made: Path, empty: dict[str, str]) -> None:
    done = _restore(empty, Path("-"), given=made.read_bytes())
    assert done.exit_code == 0, done.output


def test_a_database_with_data_is_left_alone_unless_forced(made: Path, empty: dict[str, str]) -> None:
    asyncio.run(migrate(empty["DATABASE_URL"]))
    asyncio.run(demo.load(empty["DATABASE_URL"]))
    _value(empty, "UPDATE escm.access_account SET name = 'Somebody else'")
    before = asyncio.run(checksums(empty["DATABASE_URL"]))
    refused = _restore(empty, made)
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert asyncio.run(checksums(empty["DATABASE_URL"])) == before
    assert _restore(empty, made, "--replace").exit_code == 0
    assert asyncio.run(checksums(empty["DATABASE_URL"])) != before
    assert _value(empty, "SELECT to_regnamespace('escm_set_aside')") is None


def test_later_changes_are_lost_only_by_whoever_says_so(made: Path, empty: dict[str, str]) -> None:
    assert _restore(empty, made).exit_code == 0
    entries = "SELECT count(*) FROM escm.core_audit"
    present = _value(empty, entries)
    created = runner.invoke(app, ["admin", "create", "later@example.org"], env={**empty, **_PASSWORD})
    assert created.exit_code == 0, created.output
    later = f"{_value(empty, entries) - present} changes that are not in the backup"
    before = asyncio.run(checksums(empty["DATABASE_URL"]))
    refused = _restore(empty, made, "--replace")
    assert (refused.exit_code, later in refused.output) == (1, True), refused.output
    assert asyncio.run(checksums(empty["DATABASE_URL"])) == before
    status, said = _on_a_terminal(empty, made, "n")
    assert (status, f"The database is closed. {later}" in said) == (1, True), said
    assert asyncio.run(checksums(empty["DATABASE_URL"])) == before
    assert _value(empty, "SELECT to_regnamespace('escm_maintenance')") is None
    status, said = _on_a_terminal(empty, made, "y")
    assert (status, later in said) == (0, True), said
    assert asyncio.run(checksums(empty["DATABASE_URL"])) != before


def _on_a_terminal(system: dict[str, str], file: Path, answer: str) -> tuple[int, str]:
    """The status and output of a restore whose question, put while the database is closed, gets this answer."""
    ours, theirs = pty.openpty()
    command = (sys.executable, "-m", "deploy.cli", "restore", str(file), "--replace")
    environment = {**os.environ, **system, "TERM": "dumb", "COLUMNS": "200"}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = ""
        with suppress(OSError):  # Linux ends the terminal of an ended process so
            while received := os.read(ours, 4096):
                said += received.decode(errors="replace")
                if "Continue?" in said and answer:
                    assert _value(system, "SELECT to_regnamespace('escm_maintenance')") is not None
                    os.write(ours, f"{answer}\n".encode())
                    answer = ""
        os.close(ours)
    return process.returncode, " ".join(said.split())


def test_a_damaged_backup_changes_nothing(made: Path, empty: dict[str, str], tmp_path: Path) -> None:
    whole, chance = made.read_bytes(), random.Random(7)
    with tarfile.open(made) as tar:
        inside = [(member.offset_data, member.size) for member in tar.getmembers() if member.size > 30]
    damaged = tmp_path / "damaged.tar"
    for _ in range(20):
        offset, size = chance.choice(inside)
        changed = bytearray(whole)
        changed[offset + chance.randrange(10, size - 10)] ^= 1 << chance.randrange(8)
        damaged.write_bytes(changed)
        refused = _restore(empty, damaged)
        assert refused.exit_code == 1, refused.output
        assert "error:" in refused.output, (refused.output, refused.exception)
    for length in (0, 512, len(whole) // 2, len(whole) - 20_000):
        damaged.write_bytes(whole[:length])
        refused = _restore(empty, damaged)
        assert "no whole backup" in refused.output, refused.output
    assert _value(empty, "SELECT to_regnamespace('escm')") is None


def _altered(made: Path, target: Path, alter: Callable[[dict[str, Any]], None]) -> Path:
    """A backup with another manifest."""
    with tarfile.open(made) as source, tarfile.open(target, "w") as copy:
        for member in source.getmembers():
            data = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "manifest.json.gz":
                manifest = json.loads(gzip.decompress(data))
                alter(manifest)
                data = gzip.compress(json.dumps(manifest).encode())
                member.size = len(data)
            copy.addfile(member, io.BytesIO(data))
    return target


def test_a_restore_that_fails_half_way_puts_back_what_was_there(
    made: Path, empty: dict[str, str], tmp_path: Path
) -> None:
    assert _restore(empty, made).exit_code == 0
    _value(empty, "UPDATE escm.access_account SET name = 'Somebody else'")
    before = asyncio.run(checksums(empty["DATABASE_URL"]))
    shutil.rmtree(empty["ESCM_STORAGE_PATH"])

    def miscount(manifest: dict[str, Any]) -> None:
        manifest["tables"]["member_institution"]["rows"] += 1

    failed = _restore(empty, _altered(made, tmp_path / "miscounted.tar", miscount), "--replace")
    assert "member_institution came out of the restore different" in failed.output
    assert asyncio.run(checksums(empty["DATABASE_URL"])) == before
    assert [path for path in Path(empty["ESCM_STORAGE_PATH"]).rglob("*") if path.is_file()] == []


def test_a_backup_of_a_newer_release_is_refused(made: Path, empty: dict[str, str], tmp_path: Path) -> None:
    newer = _altered(made, tmp_path / "newer.tar", lambda manifest: manifest.update(revision="9999_core_later"))
    refused = _restore(empty, newer)
    assert "which this release does not know" in refused.output
    assert _value(empty, "SELECT to_regnamespace('escm')") is None


def test_a_lost_file_is_reported_and_the_rest_is_backed_up(
    source_system: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    file, lost = tmp_path / "backup.tar", "0" * 64
    url = source_system["DATABASE_URL"]
    asyncio.run(_run(url, _IMPORT, lost, "pending"))
    try:
        done = runner.invoke(app, ["backup", str(file)], env=source_system)
    finally:
        asyncio.run(_run(url, "DELETE FROM escm.core_import WHERE file_digest = $1", lost))
        asyncio.run(
            _run(url, "SELECT setval('escm.core_import_ref_seq', last_value - 1) FROM escm.core_import_ref_seq")
        )
    assert (done.exit_code, lost in done.output) == (1, True)
    restored = _restore(empty, file)
    assert (restored.exit_code, lost in restored.output) == (0, True)


def _evidence(system: dict[str, str]) -> Path:
    """The stored file of evidence."""
    digest = _value(system, "SELECT sha256 FROM escm.action_evidence WHERE status = 'available'")
    return Path(system["ESCM_STORAGE_PATH"], "evidence", digest[:2], digest)


def test_evidence_is_restored_with_its_records(made: Path, empty: dict[str, str]) -> None:
    assert _restore(empty, made).exit_code == 0
    stored = _evidence(empty)
    assert stored.read_bytes() == _PROOF
    for content in (b"damaged", None):
        stored.unlink()
        if content is not None:
            stored.write_bytes(content)
        checked = runner.invoke(app, ["evidence", "fsck"], env=empty)
        assert (checked.exit_code, "1 damaged or lost" in checked.output) == (1, True), checked.output
        assert _restore(empty, made, "--replace", "--yes").exit_code == 0
        checked = runner.invoke(app, ["evidence", "fsck"], env=empty)
        assert (checked.exit_code, "1 files, 0 damaged" in checked.output) == (0, True), checked.output


def test_copies_of_open_data_are_restored(made: Path, empty: dict[str, str]) -> None:
    assert _restore(empty, made).exit_code == 0
    digest = _value(empty, "SELECT sha256 FROM escm.core_dataset_copy")
    stored = Path(empty["ESCM_STORAGE_PATH"], "open_data", digest[:2], digest)
    assert stored.read_bytes() == _CODES
    stored.write_bytes(b"damaged")
    assert _restore(empty, made, "--replace", "--yes").exit_code == 0
    assert stored.read_bytes() == _CODES


def test_evidence_of_a_bucket_or_an_option_is_left_out(
    source_system: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    done = runner.invoke(app, ["backup", str(file), "--no-evidence"], env=source_system)
    assert (done.exit_code, "Evidence is not in it: file:///" in done.output) == (0, True), done.output
    restored = _restore(empty, file)
    assert (restored.exit_code, "has no evidence" in restored.output) == (0, True), restored.output
    assert not _evidence(empty).exists()


def test_damaged_evidence_does_not_keep_the_rest_from_being_backed_up(
    source_system: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    files, file = tmp_path / "copy", tmp_path / "backup.tar"
    shutil.copytree(source_system["ESCM_STORAGE_PATH"], files)
    damaged = {**source_system, "ESCM_STORAGE_PATH": str(files)}
    stored = _evidence(damaged)
    stored.write_bytes(_PROOF[:-1])
    done = runner.invoke(app, ["backup", str(file)], env=damaged)
    assert (done.exit_code, stored.name in done.output) == (1, True), done.output
    restored = _restore(empty, file)
    assert (restored.exit_code, stored.name in restored.output) == (0, True), restored.output
    assert not _evidence(empty).exists()


def test_an_altered_file_is_not_backed_up_as_if_it_were_whole(source_system: dict[str, str], tmp_path: Path) -> None:
    files = tmp_path / "files"
    shutil.copytree(source_system["ESCM_STORAGE_PATH"], files)
    altered = next(path for path in files.glob("??/*"))
    altered.write_bytes(altered.read_bytes()[:-1] + b"x")
    done = runner.invoke(
        app, ["backup", str(tmp_path / "b.tar")], env={**source_system, "ESCM_STORAGE_PATH": str(files)}
    )
    assert (done.exit_code, "it was altered" in done.output) == (1, True)
    assert not list(tmp_path.glob("b.tar*"))


def test_nothing_is_written_over(source_system: dict[str, str], made: Path) -> None:
    before = made.read_bytes()
    done = runner.invoke(app, ["backup", str(made)], env=source_system)
    assert (done.exit_code, f"{made} exists" in done.output) == (1, True)
    assert made.read_bytes() == before


def test_an_empty_database_has_nothing_to_back_up(
    source_system: dict[str, str], empty: dict[str, str], tmp_path: Path
) -> None:
    done = runner.invoke(app, ["backup", str(tmp_path / "backup.tar")], env=empty)
    assert (done.exit_code, "not migrated" in done.output) == (1, True)
    assert not list(tmp_path.glob("backup*"))
