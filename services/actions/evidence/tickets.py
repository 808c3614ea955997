"""Signed addresses of files, which need no token: sealed under the secret of the installation. They bind the record,
the digest of its file, the caller and an end."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.actions.evidence.record import Evidence
from shared.configuration.sealing import Sealer
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden, Gone
from shared.kernel.principal import Principal, PrincipalKind

FILES = f"{Evidence.resource_type.path}/files"
_PURPOSE, _NAME = "files of evidence", "ticket"
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
    end = int(until.timestamp()).to_bytes(8)
    content = record.bytes + bytes.fromhex(sha256) + bytes([_KINDS.index(caller.kind)]) + caller.id.bytes + end
    return f"{FILES}/{_text(Sealer(secret, _PURPOSE).seal(content, _NAME))}"


def opened(secret: bytes, ticket: str) -> Ticket:
    """The content of an address. Raises Forbidden `signature_not_valid` for another one, Gone `link_expired`."""
    try:
        sealed = urlsafe_b64decode(f"{ticket}{'=' * (-len(ticket) % 4)}")
    except ValueError:
        sealed = b""
    content = Sealer(secret, _PURPOSE).open(sealed, _NAME) if _text(sealed) == ticket else None
    if content is None:
        raise Forbidden("This is not an address that was issued here.", code="signature_not_valid")
    if int.from_bytes(content[65:]) < now().timestamp():
        raise Gone("The address has expired. Ask for another one.", code="link_expired")
    return Ticket(UUID(bytes=content[:16]), content[16:48].hex(), _KINDS[content[48]], UUID(bytes=content[49:65]))


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode().rstrip("=")
