"""The credentials of certificates, their verification, and the signed lists of their status."""

import time
from dataclasses import dataclass
from uuid import UUID

from services.membership.certificates.certificates.domain import printed_number
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.titles import TITLES
from services.membership.issuing.credentials import domain, queries
from services.membership.issuing.credentials.signing import Signer, key_of, verified
from shared.auth.published import OneFlight
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.clock import now
from shared.kernel.errors import Gone
from shared.kernel.text import text_in
from shared.records.record import Texts

_CACHE_SECONDS = 20.0
"""Seconds for which a process sends the list that it signed."""
SHARED_SECONDS = 30
"""Seconds for which others may send what they got. With the above, a change is in every list within a minute."""


def credential_of(certificate: Certificate, subject: Texts) -> domain.Credential:
    """What the credential of a certificate about this subject says. Raises Gone for a revoked or replaced one; erasures
    revoke."""
    if certificate.status in domain.REVOKED:
        raise Gone("The certificate was revoked or replaced, and has no credential any more.")
    return domain.Credential(
        certificate_id=certificate.id,
        kind=certificate.kind,
        number=printed_number(certificate.paper_number, certificate.ref),
        language=certificate.language,
        title=TITLES[certificate.kind][certificate.language],
        subject=text_in(certificate.language, subject) if subject else "",
        holder_name=certificate.holder_name,
        issued_at=certificate.created_at,
        valid_to=certificate.valid_to,
        status_index=certificate.status_index,
    )


async def read(connection: Connection, token: str, issuer: str) -> UUID | None:
    """The certificate of a credential that one of the published keys signed; None for everything else: a changed one,
    one of another issuer or algorithm, another document, a text that is too long."""
    kid = key_of(token, issuer)
    public = await queries.public_key(connection, kid) if kid is not None else None
    claims = verified(token, public) if public is not None else None
    return domain.certificate_of(claims) if claims is not None else None


@dataclass(frozen=True, slots=True)
class _Signed:
    token: str
    until: float


class StatusLists:
    """The signed status lists. Each is made of the certificates as they are, at most every 20 seconds. One per
    process."""

    def __init__(self, database: Database, signer: Signer) -> None:
        self._database = database
        self._signer = signer
        self._known: dict[tuple[str, int], _Signed] = {}
        self._flight = OneFlight(self._sign)

    async def get(self, purpose: str, number: int) -> str:
        """The list as a compact token. Raises NotFound if no certificate is on it."""
        found = self._known.get((purpose, number))
        if found is None or time.monotonic() >= found.until:
            found = await self._flight.get(purpose, number)
        return found.token

    async def _sign(self, purpose: str, number: int) -> _Signed:
        began = time.monotonic()
        async with self._database.acquire() as connection:
            indexes = await queries.indexes_set(connection, purpose, number)
        issuer = self._signer.issuer
        key = await self._signer.key(is_new=True)
        token = key.sign(domain.list_document(issuer, purpose, number, indexes, now()), issuer)
        signed = self._known[purpose, number] = _Signed(token, began + _CACHE_SECONDS)
        return signed
