"""Who said what a merge takes over: a value of the loser brings its source along, and the undo gives both back."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from services.membership.experts.domain import ASSERTED, asserted_fields
from services.membership.merges.domain import Change, Values
from shared.kernel.clock import to_text


def taken_over(winner: Values, loser: Values, fields: Iterable[str]) -> dict[str, Any]:
    """The winner's column `asserted` once these fields say what the loser's say; nothing of records without one."""
    if "asserted" not in winner:
        return {}
    names = [name for name in fields if name in ASSERTED]
    return {"asserted": {**_kept(winner), **asserted_fields(_kept(loser), names, to_text(loser["created_at"]))}}


def before(winner: Values, field: str) -> Mapping[str, Any] | None:
    """Who said the winner's field, apart from who entered the record; None of records that keep no sources."""
    return _kept(winner).get(field, {}) if "asserted" in winner else None


def given_back(winner: Values, changes: Iterable[Change]) -> dict[str, Any]:
    """The winner's column `asserted` once these changes are taken back."""
    said = {change.field: change.said for change in changes if change.said is not None}
    return {"asserted": {name: one for name, one in {**_kept(winner), **said}.items() if one}} if said else {}


def _kept(row: Values) -> Mapping[str, Any]:
    kept = row["asserted"]
    found: Mapping[str, Any] = orjson.loads(kept) if isinstance(kept, str) else kept
    return found
