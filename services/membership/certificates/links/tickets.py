"""Links to the file of a certificate for whoever has proven who they are without an account: sealed, for 15 minutes."""

from datetime import timedelta
from uuid import UUID

from shared.configuration.tickets import opened, ticket
from shared.kernel.clock import now

VALID = timedelta(minutes=15)
FILES = "/membership/v1/certificates/files"
_PURPOSE = "files of certificates"


def file_link(secret: bytes, certificate: UUID) -> str:
    """The address of the file of a certificate, which needs no token and ends after 15 minutes. `secret` is that of the
    installation."""
    return f"{FILES}/{ticket(secret, _PURPOSE, certificate.bytes, now() + VALID)}"


def certificate_in(secret: bytes, given: str) -> UUID | None:
    """The certificate that a ticket is for; None if it has expired or is none."""
    found = opened(secret, _PURPOSE, given)
    if found is None:
        return None
    content, is_over = found
    return None if is_over else UUID(bytes=content)
