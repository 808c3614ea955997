"""Cursors: encrypted positions in lists."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Date, DateTime, Float, Integer, Uuid
from sqlalchemy.sql.elements import ColumnElement

from shared.configuration.sealing import PlaceSealer, bytes_of_text, text_of_bytes
from shared.kernel.errors import Malformed

_PURPOSE = "places in lists"


def make_cursor(keys: list[Any], bound_to: bytes, secret: bytes) -> str:
    """An opaque position in a list, which discloses none of its values. The same position is the same text."""
    payload = orjson.dumps([key.isoformat() if isinstance(key, date) else str(key) for key in keys])
    return text_of_bytes(_sealer(secret).seal(payload, bound_to))


def read_cursor(cursor: str, bound_to: bytes, secret: bytes, keys: list[ColumnElement[Any]]) -> tuple[Any, ...]:
    """The position of a cursor. Raises Malformed `invalid_cursor` for another list or a changed byte."""
    try:
        raw = bytes_of_text(cursor)
        payload = None if raw is None else _sealer(secret).open(raw, bound_to)
        if payload is None:
            raise ValueError
        return tuple(_typed(text, key) for text, key in zip(orjson.loads(payload), keys, strict=True))
    except ValueError as error:
        raise Malformed("The cursor does not belong to this list.", code="invalid_cursor") from error


@lru_cache(4)
def _sealer(secret: bytes) -> PlaceSealer:
    return PlaceSealer(secret, _PURPOSE)


def _typed(text: str, key: ColumnElement[Any]) -> Any:
    if isinstance(key.type, Uuid):
        return UUID(text)
    if isinstance(key.type, DateTime):
        return datetime.fromisoformat(text)
    if isinstance(key.type, Float):
        return float(text)
    if isinstance(key.type, Integer):
        return int(text)
    return date.fromisoformat(text) if isinstance(key.type, Date) else text
