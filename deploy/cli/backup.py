"""`escm backup` and `escm restore`."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from deploy.cli.console import err, fail, measured
from deploy.cli.installation import database_url
from shared.kernel.release import release

if TYPE_CHECKING:
    from deploy.backup.archive import Manifest
    from deploy.backup.restoring import Later

_PIPE = Path("-")
_NAME = "escm-"
"""What the names of backups in a folder begin with."""


def backup(
    file: Annotated[
        Path, typer.Argument(help="The file to write, which must not exist, or its folder; - is standard output.")
    ],
    with_evidence: Annotated[
        bool, typer.Option("--evidence/--no-evidence", help="Include evidence that is in a folder.")
    ] = True,
    days: Annotated[
        int | None, typer.Option(min=1, help="Remove the files that were made in the folder more days ago.")
    ] = None,
) -> None:
    """Write one file with a snapshot of the database and of the files that it names. In a folder, its name is the time.

    Evidence and copies of open data in S3 stay there: the versions of their bucket are their backup. The system may run
    meanwhile. The file holds personal data and no secret. `erased.ids` in the same folder lists the ids of erased
    persons: keep it with the backups, so that a restore erases them again. Keep ESCM_SECRET_KEY in another place: under
    another key a restored system works, but issued tokens and cursors become invalid, and earlier changes to persons
    can no longer be read in their histories.
    """
    url = database_url()
    from deploy.backup.evidence import evidence_of, is_in_bucket
    from deploy.backup.taking import take
    from shared.bulk.erased import ErasedIds
    from shared.bulk.store import files_of
    from shared.configuration.settings import Settings
    from shared.open_data.copies import copy_files

    if days and not file.is_dir():
        fail("--days is for backups in a folder")
    if file.is_dir():
        file /= f"{_NAME}{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.tar"
    settings = Settings(database_url=url)
    store = files_of(settings)
    evidence = evidence_of(settings) if with_evidence and not is_in_bucket(settings) else None
    copies = None if is_in_bucket(settings) else copy_files(settings)

    def run(target: BinaryIO) -> "Manifest":
        with measured() as begin:

            def start(size: int) -> Callable[[int], None]:
                return begin("backs up", size)

            return asyncio.run(take(settings.database_dsn("backup"), store, evidence, copies, target, release(), start))

    if file == _PIPE:
        made = run(sys.stdout.buffer)
    else:
        with whole(file) as target:
            made = run(target)
        ErasedIds(file.parent).add(ErasedIds(settings.storage_path).read())
    rows = sum(table.rows for table in made.tables.values())
    files = sum(len(part or ()) for part in (made.files, made.evidence, made.open_data))
    err.print(f"{rows} rows of {len(made.tables)} tables and {files} files.", markup=False)
    if made.evidence is None:
        err.print(f"Evidence is not in it: {settings.objects_url}", markup=False)
    if days:
        _remove_before(file.parent, datetime.now(UTC) - timedelta(days=days))
    if made.missing:
        fail(f"the backup is made, but the store has lost files: {', '.join(made.missing)}")


def _remove_before(folder: Path, moment: datetime) -> None:
    for file in folder.glob(f"{_NAME}*.tar"):
        if file.stat().st_mtime < moment.timestamp():
            file.unlink()


def restore(
    file: Annotated[Path, typer.Argument(help="The backup; - is standard input.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the present data.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Lose later changes without a question.")] = False,
) -> None:
    """Restore database and files from a backup of this release or an older one, and migrate them to this release.

    The system may run: from the verification of the backup until the end of the restore, requests return 503
    `maintenance` and workers wait. Changes made after the backup are lost. The command counts them when nothing can be
    added any more, and asks on a terminal whether to continue; elsewhere it continues with `--yes` only. If anything
    fails or is declined, the previous data is restored; after a killed restore, `escm migrate` or the next start does
    that. Persons who were erased since, in this database or according to `erased.ids` in the folder of the backup, are
    erased again before the database opens.
    """
    url = database_url()
    from deploy.backup.archive import Reader
    from deploy.backup.evidence import evidence_of
    from deploy.backup.restoring import restore as run
    from deploy.cli.doctor import of_database
    from deploy.cli.findings import report
    from shared.bulk.erased import ErasedIds
    from shared.bulk.store import files_of
    from shared.configuration.settings import Settings
    from shared.open_data.copies import copy_files

    settings = Settings(database_url=url)
    store = files_of(settings)
    own, exported = ErasedIds(settings.storage_path), ErasedIds(file.parent)
    erased = own.read() | (set() if file == _PIPE else exported.read())
    with _opened(file) as source, Reader(source) as opened:
        made = opened.manifest
        with measured() as begin:
            gone = asyncio.run(
                run(
                    url,
                    settings,
                    opened,
                    store,
                    evidence_of(settings),
                    copy_files(settings),
                    replace=replace,
                    agree=partial(_agree, yes=yes),
                    begin=begin,
                    erased=erased,
                )
            )
    own.add(erased)
    err.print(f"The backup of {made.made_at:%Y-%m-%d %H:%M:%S} UTC, release {made.release}, is restored.")
    if replace:
        err.print(_loss(gone), markup=False)
    if gone.erased:
        err.print(f"{gone.erased} persons who were erased after the backup are erased again.")
    if made.missing:
        err.print(f"These files were lost before it was made: {', '.join(made.missing)}", markup=False)
    if made.evidence is None:
        err.print("The backup has no evidence: `escm evidence fsck` finds what is missing.")
    report(asyncio.run(of_database(url)))


def _agree(gone: "Later", *, yes: bool) -> None:
    """Asks before changes are lost, unless `yes`. Raises if they are to be kept, or if nobody can be asked."""
    from deploy.backup.errors import BackupError

    if yes or not gone.changes:
        return
    if not (sys.stdin.isatty() and err.is_terminal):
        raise BackupError(f"{_loss(gone)} Nothing is replaced. Use --yes to lose them.")
    typer.confirm(f"The database is closed. {_loss(gone)} Continue?", abort=True, err=True)


def _loss(later: "Later") -> str:
    if later.last is None or not later.changes:
        return "No change is lost."
    last = f"{later.last:%Y-%m-%d %H:%M:%S}"
    return f"{later.changes} changes that are not in the backup are lost, the last of {last} UTC."


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner may read; it appears once it is complete and on disk."""
    if file.exists():
        fail(f"{file} exists")
    partial = file.with_name(f"{file.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(descriptor)
        partial.rename(file)
    except ConnectionError:
        raise
    except OSError as refused:
        fail(f"{partial}: {refused.strerror or refused}")
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The backup as a seekable file; one from a pipe is written to a temporary file."""
    if file != _PIPE:
        try:
            opened = file.open("rb")
        except OSError as refused:
            fail(f"{file}: {refused.strerror}")
        with opened:
            yield opened
        return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(sys.stdin.buffer, spooled)
        spooled.seek(0)
        yield spooled
