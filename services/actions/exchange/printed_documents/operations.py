"""Printing public documents, and removing files that no document has any more."""

import hashlib
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import orjson

from services.actions.exchange.printed_documents import queries
from services.actions.exchange.printed_documents.domain import DocumentKey, Printed
from shared.bulk.store import FileStore, files_in
from shared.configuration.settings import Settings
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.messaging.outbox import defer
from shared.messaging.schedules import Schedule
from shared.printing.document import SHARED_LAYOUTS, Document, TooLarge, Unprintable, without_symbols
from shared.printing.printer import Printer

PRINT_JOB = "print_document"
_PATIENCE = 600.0
"""Seconds on the clock after which a job gives a document up: only the time of the processor counts before."""
_UNUSED_FOR = timedelta(hours=1)
"""How long a file stays that no document has, since somebody may be reading it."""
Load: TypeAlias = Callable[[Connection, DocumentKey], Awaitable[Document | None]]
"""Reads what a document says now, in a snapshot of what everybody may know; None if there is no such document."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: the folder of its layout, and how it is read."""

    layouts: Path
    load: Load


KindsByName: TypeAlias = Mapping[str, DocumentKind]


def document_files(settings: Settings) -> FileStore:
    """The store of printed documents. They can be printed again, so that backups leave them out."""
    return files_in(settings, "documents")


def state_of(document: Document, kind: DocumentKind) -> str:
    """A digest that differs whenever the document says something else, or says it in another layout."""
    said = orjson.dumps([document.data, document.at.isoformat()])
    layout = (kind.layouts / document.layout).read_bytes()
    return hashlib.sha256(b"".join((said, layout, *SHARED_LAYOUTS.values()))).hexdigest()


async def order(uow: UnitOfWork, key: DocumentKey, state: str, lost: str | None = None) -> None:
    """Assigns the document to the worker, unless it is ordered already. `lost` is the digest of a file that the store
    has lost."""
    if await queries.order(uow.connection, key, state, lost):
        defer(uow, "actions", PRINT_JOB, key._asdict(), created_by=SYSTEM.label)


async def pdf_of(document: Document, layouts: Path) -> bytes:
    """The document as PDF, without symbols that no font has. Raises Unprintable for letters that no font has, and
    TooLarge."""
    async with Printer(layouts, patience=_PATIENCE) as printer:
        try:
            return await printer.pdf(document)
        except TooLarge:
            raise
        except Unprintable:
            return await printer.pdf(without_symbols(document))


async def print_document(document: Document, state: str, kind: DocumentKind, store: FileStore) -> Printed:
    """The document, which says this state, in the store. Symbols that no font has are left out."""
    try:
        pdf = await pdf_of(document, kind.layouts)
    except Unprintable:
        return Printed(state, None, None, is_printable=False)
    stored = await store.put(io.BytesIO(pdf))
    return Printed(state, stored.digest, stored.size, is_printable=True)


def removing(store: FileStore) -> Schedule:
    """Every hour, removes the files that no document has any more."""

    async def run(uow: UnitOfWork) -> None:
        before = now() - _UNUSED_FOR
        for digest in await queries.unknown(uow.connection, await store.digests_before(before)):
            await store.remove_before(digest, before)

    return Schedule(timedelta(hours=1), run, catch_up=1)
