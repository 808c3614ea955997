"""Answers of the public API as canonical JSON."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias

import orjson

from services.actions.global_report.figures.domain import Answer, Refusal
from services.actions.global_report.figures.record import Query

ASKED = "figures asked"
"""Where operations find what was asked before their transaction, in `uow.scratch`."""
Asked: TypeAlias = Mapping[str, Answer | Refusal]
"""Answers by `name_of`."""


def name_of(query: Query, day: date | None) -> str:
    """A query for a day, as one text."""
    return canonical({**query, "day": None if day is None else day.isoformat()})


def canonical(data: Any) -> str:
    """Canonical JSON: members in their order of names, without spaces."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(content: str) -> str:
    """The SHA-256 of canonical JSON."""
    return sha256(content.encode()).hexdigest()
