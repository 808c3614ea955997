"""Positions of the feed as callers get them: encrypted, so that they count nothing."""

from typing import Any

from sqlalchemy import Text, column

from shared.records.cursors import make_cursor, read_cursor

_BOUND_TO = b"/access/v1/events"
_KEYS: list[Any] = [column("position", Text)]
_DIGITS = 12
"""Positions are written in so many digits, so that a cursor's length does not disclose them."""


def position_text(position: int, secret: bytes) -> str:
    """A position as an opaque text."""
    return make_cursor([f"{position:0{_DIGITS}d}"], _BOUND_TO, secret)


def position_of(text: str, secret: bytes) -> int:
    """The position of such a text. Raises Malformed `invalid_cursor`."""
    return int(read_cursor(text, _BOUND_TO, secret, _KEYS)[0])
