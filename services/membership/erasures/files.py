"""Files that name an erased person: those of imports, and those of exports that still exist."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from services.membership.privacy.operations import SUBJECT_EXPORT
from services.membership.privacy.queries import OF_PERSON
from shared.bulk.exporting import IMPORT_RETENTION
from shared.bulk.imports import layout_of
from shared.bulk.reading import rows_of
from shared.bulk.spreadsheets import as_text
from shared.bulk.store import FileStore
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import EscmError
from shared.kernel.text import fold

_OF_PERSON = f"SELECT t.file_digest FROM escm.core_import t WHERE {OF_PERSON['imports']}"  # noqa: S608
_RECENT = """
SELECT * FROM escm.core_import
WHERE service = 'membership' AND resource = 'experts' AND created_at > now() - $1::interval ORDER BY id
"""
_MARK = "UPDATE escm.core_import SET is_file_removed = true WHERE file_digest = ANY($1)"
_DELETE_EXPORTS = """
DELETE FROM escm.core_export WHERE service = 'membership' AND resource = ANY($1) RETURNING file_digest
"""


async def remove_import_files(
    connection: Connection, store: FileStore, subjects: Sequence[UUID], texts: Iterable[str]
) -> int:
    """Deletes the files of imports that wrote one of these experts or contain one of the texts in a row; one word alone
    is not looked for. Their lists of failed rows are gone with them. Returns how many files there were."""
    found = {row["file_digest"] for row in await connection.fetch(_OF_PERSON, subjects)}
    folded = [key for text in texts if " " in (key := fold(text))]
    for imported in await connection.fetch(_RECENT, IMPORT_RETENTION):
        path = store.path(imported["file_digest"])
        if imported["file_digest"] not in found and path.exists() and await _names(imported, path, folded):
            found.add(imported["file_digest"])
    stored = [digest for digest in sorted(found) if store.path(digest).exists()]
    await connection.execute(_MARK, stored)
    for digest in stored:
        await asyncio.to_thread(store.remove, digest)
    return len(stored)


async def _names(imported: Row, path: Path, folded: Sequence[str]) -> bool:
    text = await as_text(path, imported["media"])
    return await asyncio.to_thread(_contain, text, layout_of(imported), folded)


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
    """Deletes every export of experts and of one person that can still be downloaded, with its file: any of them may
    contain the person. Returns how many there were."""
    rows = await uow.connection.fetch(_DELETE_EXPORTS, ["experts", SUBJECT_EXPORT])
    for digest in {row["file_digest"] for row in rows} - {None}:
        await asyncio.to_thread(store.remove, digest)
    return len(rows)
