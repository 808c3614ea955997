"""Files that name an erased person: those of imports, and those of exports that still exist."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from services.membership.protection.privacy.operations import SUBJECT_EXPORT
from services.membership.protection.privacy.queries import IMPORTED_LISTS, LISTS_OF_PEOPLE, OF_PERSON
from shared.bulk.exporting import IMPORT_RETENTION
from shared.bulk.imports import layout_of
from shared.bulk.reading import rows_of
from shared.bulk.spreadsheets import as_text
from shared.bulk.store import FileStore
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import EscmError, Invalid
from shared.kernel.text import fold

_IMPORTS = f"""
SELECT t.*, {OF_PERSON["imports"]} AS is_known FROM escm.core_import t
WHERE {OF_PERSON["imports"]}
    OR t.service = 'membership' AND t.resource = ANY($3) AND t.created_at > now() - $2::interval
ORDER BY t.id
"""  # noqa: S608
_MARK = "UPDATE escm.core_import SET is_file_removed = true WHERE file_digest = ANY($1)"
_DELETE_EXPORTS = """
WITH open AS (
    UPDATE escm.core_export e SET created_at = clock_timestamp() FROM escm.core_job j
    WHERE e.service = 'membership' AND e.resource = ANY($1) AND j.id = e.job AND j.status IN ('queued', 'running')
    RETURNING e.id
)
DELETE FROM escm.core_export
WHERE service = 'membership' AND resource = ANY($1) AND id NOT IN (SELECT id FROM open)
RETURNING file_digest
"""
"""An export whose job has not ended begins again: what it may have read counts no longer."""


async def imports_of(connection: Connection, subjects: Sequence[UUID]) -> Sequence[Row]:
    """The imports that wrote one of these experts (`is_known`), and those whose files may contain them."""
    found: Sequence[Row] = await connection.fetch(_IMPORTS, subjects, IMPORT_RETENTION, IMPORTED_LISTS)
    return found


async def naming(store: FileStore, imports: Sequence[Row], texts: Iterable[str]) -> list[str]:
    """The digests of the files of these imports that are known, or contain one of the texts in a row; one word alone is
    not looked for. Takes as long as the files are large: no transaction should be open."""
    folded = [key for text in texts if " " in (key := fold(text))]
    found = {row["file_digest"] for row in imports if row["is_known"]}
    for imported in imports:
        if imported["file_digest"] not in found and await _names(store, imported, folded):
            found.add(imported["file_digest"])
    return sorted(found)


async def mark_removed(connection: Connection, digests: Sequence[str]) -> None:
    """Marks the files of imports as removed, before they are."""
    await connection.execute(_MARK, digests)


async def remove_import_files(store: FileStore, digests: Iterable[str]) -> None:
    """Deletes the files of imports; their lists of failed rows are gone with them. May be repeated."""
    for digest in digests:
        await store.remove(digest)


async def _names(store: FileStore, imported: Row, folded: Sequence[str]) -> bool:
    """Whether a row contains one of the folded texts, in any column. A file that cannot be read counts as one that
    does."""
    try:
        async with (
            store.opened(imported["file_digest"]) as path,
            as_text(store, path, imported["media"]) as text,
        ):
            return await asyncio.to_thread(_contain, text, layout_of(imported), folded)
    except FileNotFoundError:
        return False
    except Invalid:
        return True


def _contain(path: Path, layout: Any, folded: Sequence[str]) -> bool:
    """Whether a row contains one of the folded texts. A file that cannot be read counts as one that does. Blocks."""
    try:
        return any(
            f" {word} " in line
            for row in rows_of(path, layout)
            for line in (f" {fold(' '.join(map(str, row.cells.values())))} ",)
            for word in folded
        )
    except EscmError:
        return True


async def remove_exports(uow: UnitOfWork, store: FileStore) -> int:
    """Deletes every export of people and of one person that has ended, with its file: any of them may contain the
    person. Returns how many there were."""
    rows = await uow.connection.fetch(_DELETE_EXPORTS, [*LISTS_OF_PEOPLE, SUBJECT_EXPORT])
    for digest in {row["file_digest"] for row in rows} - {None}:
        await store.remove(digest)
    return len(rows)
