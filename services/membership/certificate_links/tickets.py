"""Links to the file of a certificate for whoever has proven who they are without an account: sealed, for 15 minutes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import timedelta
from uuid import UUID

from shared.configuration.sealing import Sealer
from shared.kernel.clock import now

VALID = timedelta(minutes=15)
FILES = "/membership/v1/certificates/files"
_PURPOSE, _NAME = "files of certificates", "ticket"
_ID = 16


def file_link(secret: bytes, certificate: UUID) -> str:
    """The address of the file of a certificate, which needs no token and ends after 15 minutes. `secret` is that of the
    installation."""
    until = int((now() + VALID).timestamp())
    sealed = Sealer(secret, _PURPOSE).seal(certificate.bytes + until.to_bytes(8), _NAME)
    return f"{FILES}/{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def certificate_in(secret: bytes, ticket: str) -> UUID | None:
    """The certificate that a ticket is for; None if it has expired or is none."""
    try:
        sealed = urlsafe_b64decode(f"{ticket}{'=' * (-len(ticket) % 4)}")
    except (Error, ValueError):
        return None
    opened = Sealer(secret, _PURPOSE).open(sealed, _NAME)
    if opened is None or int.from_bytes(opened[_ID:]) < now().timestamp():
        return None
    return UUID(bytes=opened[:_ID])
