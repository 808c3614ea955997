"""Signed addresses of files, which need no token: sealed under the secret of the installation. They bind the record,
the digest of its file, the caller and an end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.actions.reporting.evidence.record import Evidence
from shared.configuration import tickets
from shared.kernel.errors import Forbidden, Gone
from shared.kernel.principal import Principal, PrincipalKind

FILES = f"{Evidence.resource_type.path}/files"
_PURPOSE = "files of evidence"
_KINDS = (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT, PrincipalKind.KEY)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an address is for, and for whom."""

    evidence: UUID
    sha256: str
    kind: PrincipalKind
    caller: UUID


def signed_address(secret: bytes, record: UUID, sha256: str, caller: Principal, until: datetime) -> str:
    """The address of a file for a caller, from the origin. Raises ValueError for a caller without an id."""
    if caller.id is None:
        raise ValueError("a signed address is bound to a caller")
    content = record.bytes + bytes.fromhex(sha256) + bytes([_KINDS.index(caller.kind)]) + caller.id.bytes
    return f"{FILES}/{tickets.ticket(secret, _PURPOSE, content, until)}"


def opened(secret: bytes, ticket: str) -> Ticket:
    """The content of an address. Raises Forbidden `signature_not_valid` for another one, Gone `link_expired`."""
    found = tickets.opened(secret, _PURPOSE, ticket)
    if found is None:
        raise Forbidden("This is not an address that was issued here.", code="signature_not_valid")
    content, is_over = found
    if is_over:
        raise Gone("The address has expired. Ask for another one.", code="link_expired")
    return Ticket(UUID(bytes=content[:16]), content[16:48].hex(), _KINDS[content[48]], UUID(bytes=content[49:]))
