"""The form of a score: a number for each criterion of what the panel scores."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.portal.console.describing.fields import Field
from services.portal.console.frame.naming import title_of
from services.portal.console.records.below import SCORES
from services.portal.console.records.reading import Found
from services.portal.console.session.caller import Caller

_CALLS = "/membership/v1/calls"
_KEY = re.compile(r"[A-Za-z0-9_-]+")


async def by_criterion(caller: Caller, found: Found, fields: Sequence[Field]) -> Sequence[Field]:
    """The fields of a score, with one for each criterion of the record, or of its call."""
    criteria = found.record.get("criteria")
    if criteria is None and found.record.get("call_id"):
        criteria = (await caller.read(f"{_CALLS}/{found.record['call_id']}"))["criteria"]
    parts = tuple(_criterion(one, caller.language) for one in criteria or () if _KEY.fullmatch(str(one["key"])))
    return [replace(field, kind="group", parts=parts) if field.name == SCORES and parts else field for field in fields]


def _criterion(criterion: Mapping[str, Any], language: str) -> Field:
    key = str(criterion["key"])
    title = title_of({**criterion, "ref": key}, language)
    return Field(key, "number", is_integer=True, title=title)
