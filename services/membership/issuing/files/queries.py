"""Finding and storing the printed files of certificates, regardless of the caller."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.tables import certificate
from services.membership.issuing.files.tables import certificate_file
from shared.bulk.store import StoredFile
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.clock import now
from shared.records.rows import record_of

_f = certificate_file.c
_FIND = Lookup(
    select(_f.sha256)
    .where(_f.certificate_id == bindparam("certificate"), _f.language == bindparam("language"))
    .limit(1)
)
_CERTIFICATE = Lookup(select(certificate).where(certificate.c.id == bindparam("certificate")).limit(1))
_LOCK = Statement(
    select(certificate.c.holder_name).where(certificate.c.id == bindparam("certificate")).with_for_update(read=True)
)
_values: dict[str, Any] = {column.key: bindparam(column.key) for column in certificate_file.c}
_ADD = Statement(
    insert(certificate_file)
    .values(_values)
    .on_conflict_do_update(
        index_elements=[_f.certificate_id, _f.language],
        set_={name: _values[name] for name in ("sha256", "size", "printed_at")},
    )
)
_KNOWN = Statement(select(_f.sha256).where(_f.sha256 == any_(bindparam("digests", type_=ARRAY(Text)))))


async def digest_of(connection: Connection, key: UUID, language: str) -> str | None:
    """The digest of the file of a certificate in a language."""
    found: str | None = await _FIND.fetchval(connection, certificate=key, language=language)
    return found


async def certificate_of(connection: Connection, key: UUID) -> Certificate | None:
    """The certificate with this id."""
    row = await _CERTIFICATE.fetchrow(connection, certificate=key)
    return None if row is None else record_of(Certificate, row)


async def add(connection: Connection, key: UUID, language: str, stored: StoredFile) -> bool:
    """Inserts the file, or replaces the one of this language. False if the holder was erased meanwhile."""
    if not await _LOCK.fetchval(connection, certificate=key):
        return False
    await _ADD.execute(
        connection, certificate_id=key, language=language, sha256=stored.digest, size=stored.size, printed_at=now()
    )
    return True


async def unknown(connection: Connection, digests: Sequence[str]) -> list[str]:
    """Those of the digests that are of no file of a certificate."""
    known = {row["sha256"] for row in await _KNOWN.fetch(connection, digests=digests)}
    return [digest for digest in digests if digest not in known]
