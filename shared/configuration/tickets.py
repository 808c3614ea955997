"""Tickets: sealed content in an address, which needs no token and ends."""

from datetime import datetime

from shared.configuration.sealing import Sealer
from shared.kernel.clock import now

_NAME = "ticket"
_END = 8


def ticket(secret: bytes, purpose: str, content: bytes, until: datetime) -> str:
    """A part of a path. `secret` is that of the installation; nobody but it reads the content."""
    return Sealer(secret, purpose).seal_text(content + int(until.timestamp()).to_bytes(_END), _NAME)


def opened(secret: bytes, purpose: str, given: str) -> tuple[bytes, bool] | None:
    """The content of a ticket, and whether it has ended; None for anything that was not issued for this purpose."""
    content = Sealer(secret, purpose).open_text(given, _NAME)
    return None if content is None else (content[:-_END], int.from_bytes(content[-_END:]) < now().timestamp())
