"""The document of an export: JSON, written row by row."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

import orjson

from shared.kernel.clock import to_text

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME


class Document:
    """`{"expert": …, "made_at": …, "parts": {part: [row, …], …}}`. The rows of a part are written in sequence. Writes
    to memory or to a buffered file; the document is complete after it is closed."""

    def __init__(self, target: BinaryIO, head: Mapping[str, Any]) -> None:
        self._target = target
        self._part: str | None = None
        self.rows = 0
        target.write(_json(head)[:-1] + b',"parts":{')

    def write(self, part: str, row: Mapping[str, Any]) -> None:
        """Writes a row."""
        begins = b"," if part == self._part else self._begin(part)
        self._part = part
        self._target.write(begins + b"\n" + _json(row))
        self.rows += 1

    def close(self) -> None:
        self._target.write(b"}}\n" if self._part is None else b"]}}\n")

    def _begin(self, part: str) -> bytes:
        return (b"" if self._part is None else b"],\n") + _json(part) + b":["


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_as_text, option=_OPTIONS)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date | UUID):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
