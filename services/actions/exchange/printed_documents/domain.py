"""What identifies a printed document, and what it was printed from. Plain Python."""

from datetime import timedelta
from typing import NamedTuple

PRINTING = timedelta(minutes=2)
"""How long a document may be printed before it is ordered again."""
RETRY_AFTER = 2
"""Seconds after which a document that is being printed is asked for again."""


class DocumentKey(NamedTuple):
    """A document: its kind, the country or the ref that it is about, and its language."""

    kind: str
    subject: str
    language: str


class Printed(NamedTuple):
    """A document in the store: the state that it says, and the digest and the size of its file; null while it is being
    printed. `is_printable` is false if a text has a character that no font has, or if it is too large."""

    state: str
    sha256: str | None
    size: int | None
    is_printable: bool

    def is_finished(self, state: str) -> bool:
        """Whether it was printed in this state, or cannot be."""
        return self.state == state and (self.sha256 is not None or not self.is_printable)
