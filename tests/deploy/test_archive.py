"""The archive's commands for PostgreSQL, and restores that are refused before anything is made."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.local.account import Account
from deploy.local.archive import Archive
from deploy.local.errors import LocalStackError
from deploy.local.folder import Folder


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "the archive's 100%", Account.current())
    made.create()
    return made


def _executed(command: str, segment: Path) -> int:
    """The status of a command, as PostgreSQL executes it for a segment."""
    words = command.replace("%p", str(segment)).replace("%f", segment.name).replace("%%", "%")
    return subprocess.run(["/bin/sh", "-c", words], check=False, capture_output=True).returncode


def test_a_segment_is_archived_once_and_never_overwritten(archive: Archive, tmp_path: Path) -> None:
    segment = tmp_path / "000000010000000000000001"
    segment.write_bytes(b"changes" * 1000)
    store = archive.settings["archive_command"]
    assert [_executed(store, segment) for _ in range(2)] == [0, 0]
    segment.write_bytes(b"changes of another server")
    assert _executed(store, segment) != 0
    assert _executed(archive.restore_command, segment) == 0
    assert segment.read_bytes() == b"changes" * 1000
    assert _executed(archive.restore_command, tmp_path / "000000010000000000000002") != 0


def test_a_second_between_base_backup_and_end_has_a_base_backup(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "the archive's 100%"
    for name in ("20261101T000000Z", "20261102T000000Z"):
        (folder / "base" / name).mkdir()
    segment = folder / "wal" / "000000010000000000000001.gz"
    segment.touch()
    end = datetime(2026, 11, 3, tzinfo=UTC)
    os.utime(segment, (end.timestamp(), end.timestamp()))
    assert archive.base_before(datetime(2026, 11, 1, 23, tzinfo=UTC)).name == "20261101T000000Z"
    assert archive.base_before(datetime(2026, 11, 2, tzinfo=UTC)).name == "20261102T000000Z"
    for outside in (datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)):
        with pytest.raises(LocalStackError, match="which has 2026-11-01 00:00:00 to 2026-11-03 00:00:00 UTC"):
            archive.base_before(outside)


def test_an_archive_without_wal_since_its_base_backup_says_so(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "the archive's 100%"
    (folder / "base" / "20261102T000000Z").mkdir()
    segment = folder / "wal" / "000000010000000000000001.gz"
    segment.touch()
    before = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    os.utime(segment, (before, before))
    for until in (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)):
        with pytest.raises(LocalStackError, match="no WAL was archived since the base backup of 2026-11-02 00:00:00"):
            archive.base_before(until)


@pytest.mark.parametrize(
    ("until", "fault"),
    [
        ("yesterday", "is no time such as"),
        ("2026-11-29T08:20:05", "has no time zone"),
        ("2026-11-29T08:20:05Z", "has no base backup"),
    ],
)
def test_a_restore_that_cannot_be_makes_nothing(tmp_path: Path, until: str, fault: str) -> None:
    Folder.open(tmp_path / "present")
    given = {"ESCM_LOCAL_ARCHIVE": str(tmp_path / "none"), "ESCM_LOCAL_FOLDER": str(tmp_path / "present")}
    shown = CliRunner().invoke(app, ["archive", "restore", str(tmp_path / "new"), "--until", until], env=given)
    assert (shown.exit_code, fault in shown.output) == (1, True), shown.output
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "none").exists()


def test_a_folder_with_something_in_it_is_not_restored_into(tmp_path: Path) -> None:
    given = {"ESCM_LOCAL_ARCHIVE": str(tmp_path / "none"), "ESCM_LOCAL_FOLDER": str(tmp_path)}
    until = ["--until", "2026-11-29T08:20:05Z"]
    shown = CliRunner().invoke(app, ["archive", "restore", str(tmp_path.parent), *until], env=given)
    assert (shown.exit_code, "is not empty" in shown.output) == (1, True), shown.output
