"""Printing certificates, and removing their files."""

import asyncio
import io
import math
from pathlib import Path

from services.membership.certificate_files import domain, queries
from services.membership.certificate_templates.queries import in_force, template_of
from services.membership.certificate_templates.record import CertificateTemplate
from services.membership.certificates.domain import number_of
from services.membership.certificates.record import Certificate
from shared.bulk.store import FileStore, StoredFile
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Conflict, Gone
from shared.printing.document import Unprintable
from shared.printing.printer import Printer
from shared.records.rows import columns_of

_FOLDER = "certificates"
_ERASED = "The holder of this certificate was erased."


def store_in(storage_path: Path) -> FileStore:
    """The store of printed certificates. They can be printed again, so that backups leave them out."""
    return FileStore(storage_path / _FOLDER)


class Printing:
    """Prints certificates on request and keeps the files, so that the next request gets the same bytes. `host` is the
    origin of the page that verifies codes."""

    def __init__(self, database: Database, printer: Printer, store: FileStore, host: str) -> None:
        self._database = database
        self._printer = printer
        self._store = store
        self._host = host

    def path(self, file: StoredFile) -> Path:
        """The path of a file."""
        return self._store.path(file.digest)

    async def file(self, certificate: Certificate, language: str) -> StoredFile:
        """The file of a certificate in a language, printed if there is none.

        Raises Gone for an erased holder, Conflict for a revoked certificate, without wording, and for a name that the
        fonts cannot show; and what `Printer.pdf` raises.
        """
        if not certificate.holder_name:
            raise Gone(_ERASED, code="erased")
        if certificate.status == "revoked":
            raise Conflict("The certificate is revoked.", members={"reason": "revoked"})
        async with self._database.acquire() as connection:
            found = await queries.find(connection, certificate.id, language)
            template = await _template(connection, certificate)
        if found is not None and await asyncio.to_thread(self.path(found).exists):
            return found
        document = domain.document(_said(certificate), template, language, self._host, None)
        try:
            pdf = await self._printer.pdf(document)
        except Unprintable:
            detail = "A character on the certificate is in none of the fonts: replace it with one of another name."
            raise Conflict(detail, code="not_printable") from None
        stored = await self._store.put(io.BytesIO(pdf))
        async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
            is_added = await queries.add(uow.connection, certificate.id, language, stored)
        if not is_added:
            await asyncio.to_thread(self._store.remove, stored.digest)
            raise Gone(_ERASED, code="erased")
        return stored


async def remove_unknown(connection: Connection, store: FileStore) -> None:
    """Deletes the files without a row: those of erased people, and what a process that died has left. A file that is
    being printed is printed again when it is asked for."""
    digests = await asyncio.to_thread(store.digests_before, math.inf)
    for digest in await queries.unknown(connection, digests):
        await asyncio.to_thread(store.remove, digest)


async def _template(connection: Connection, certificate: Certificate) -> CertificateTemplate:
    """The wording that the certificate was issued with; that in force, if there was none then."""
    ref = certificate.template_version
    found = await (template_of(connection, ref) if ref else in_force(connection, certificate.kind))
    if found is None:
        raise Conflict("There is no wording for certificates of this kind.", members={"reason": "template_missing"})
    return found


def _said(certificate: Certificate) -> domain.Statement:
    return domain.Statement(
        kind=certificate.kind,
        holder=certificate.holder_name,
        number=number_of(columns_of(certificate)),
        code=certificate.code,
        issued_on=certificate.created_at.date(),
        valid_to=certificate.valid_to,
        country=certificate.country,
        subject={},
        year=certificate.subject_year,
    )
