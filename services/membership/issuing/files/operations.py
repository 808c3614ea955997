"""Printing certificates, and removing their files."""

import hashlib
import io
from dataclasses import dataclass

from services.membership.certificates.certificates.domain import printed_number
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.templates.queries import in_force, template_of
from services.membership.certificates.templates.record import CertificateTemplate
from services.membership.issuing.credentials.operations import credential_of
from services.membership.issuing.credentials.signing import Signer
from services.membership.issuing.files import domain, queries
from services.membership.issuing.subjects.queries import subject_of
from shared.bulk.store import FileStore, files_in
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Gone
from shared.printing.document import TooLarge, Unprintable
from shared.printing.printer import Printer
from shared.records.record import Texts


def printed_files(settings: Settings) -> FileStore:
    """The store of printed certificates. They can be printed again, so that backups leave them out."""
    return files_in(settings, "certificates")


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A printed certificate: the SHA-256 of its bytes in hex, and the bytes."""

    digest: str
    content: bytes


class Printing:
    """Prints certificates on request, with their credentials, and keeps the files, so that the next request gets the
    same bytes. One per process."""

    def __init__(self, database: Database, printer: Printer, signer: Signer, store: FileStore) -> None:
        self._database = database
        self._printer = printer
        self._signer = signer
        self._store = store

    async def file(self, certificate: Certificate, language: str) -> PrintedFile:
        """The file of a certificate in a language, printed if there is none, or if it was altered.

        Raises Gone for a revoked or replaced certificate, Conflict without wording, and for a name that the fonts
        cannot show; and what `Printer.pdf` raises.
        """
        async with self._database.acquire() as connection:
            digest = await queries.digest_of(connection, certificate.id, language)
            template = await _template(connection, certificate)
            subject = await subject_of(connection, certificate)
        credential = credential_of(certificate, subject)
        kept = await self._read(digest) if digest else None
        if kept is not None:
            return kept
        token = await self._signer.credential(credential)
        document = domain.document(_said(certificate, subject), template, language, self._signer.issuer, token)
        try:
            pdf = await self._printer.pdf(document)
        except TooLarge as error:
            raise Conflict(error.reason, code="not_printable") from None
        except Unprintable:
            detail = (
                "The name or the wording has a character in none of the fonts, which have the scripts of the official"
                " languages of countries, and no emoji. Replace the certificate with one of another name."
            )
            raise Conflict(detail, code="not_printable") from None
        stored = await self._store.put(io.BytesIO(pdf))
        async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
            is_added = await queries.add(uow.connection, certificate.id, language, stored)
        if not is_added:
            await self._store.remove(stored.digest)
            raise Gone("The holder of this certificate was erased.", code="erased")
        return PrintedFile(stored.digest, pdf)

    async def _read(self, digest: str) -> PrintedFile | None:
        """The stored file; None if it is missing or altered."""
        try:
            content = b"".join([block async for block in self._store.blocks(digest)])
        except FileNotFoundError:
            return None
        return PrintedFile(digest, content) if hashlib.sha256(content).hexdigest() == digest else None


async def remove_unknown(connection: Connection, store: FileStore) -> None:
    """Deletes the files without a row: those of erased people, and what a process that died has left. A file that is
    being printed is printed again when it is asked for."""
    for digest in await queries.unknown(connection, await store.digests_before(now())):
        await store.remove(digest)


async def _template(connection: Connection, certificate: Certificate) -> CertificateTemplate:
    """The wording that the certificate was issued with; that in force, if there was none then."""
    ref = certificate.template_version
    found = await (template_of(connection, ref) if ref else in_force(connection, certificate.kind))
    if found is None:
        raise Conflict("There is no wording for certificates of this kind.", members={"reason": "template_missing"})
    return found


def _said(certificate: Certificate, subject: Texts) -> domain.Statement:
    return domain.Statement(
        kind=certificate.kind,
        holder=certificate.holder_name,
        number=printed_number(certificate.paper_number, certificate.ref),
        code=certificate.code,
        issued_on=certificate.created_at.date(),
        valid_to=certificate.valid_to,
        country=certificate.country,
        subject=subject,
        year=certificate.subject_year,
    )
