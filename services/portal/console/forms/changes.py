"""What a form changes: a merge patch (RFC 7396), and how it meets what somebody else changed meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.console.describing.fields import Field


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which two people wrote different things: what it was, what the form says, and what stands there now.
    `is_conflict`: both changed it."""

    field: Field
    before: Any
    mine: Any
    theirs: Any

    @property
    def is_conflict(self) -> bool:
        return not _is_same(self.mine, self.before)


def merge_patch(fields: Sequence[Field], before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes the fields of a record what is wanted; a field that is not wanted is removed."""
    found = {}
    for field in fields:
        was, becomes = before.get(field.name), wanted.get(field.name)
        if becomes is None and (field.is_list or field.kind == "pairs"):
            becomes = [] if field.is_list else {}
        if _is_same(was, becomes):
            continue
        found[field.name] = _patched(was, becomes)
    return found


def written(fields: Sequence[Field], record: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows of a record: of objects, only the parts that the form has."""
    return {field.name: _kept(field, record[field.name]) for field in fields if record.get(field.name) is not None}


def differences(
    fields: Sequence[Field], before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Difference]:
    """The fields that somebody else changed meanwhile to something else than the form says."""
    found = [Difference(field, *(each.get(field.name) for each in (before, mine, theirs))) for field in fields]
    return [each for each in found if not _is_same(each.before, each.theirs) and not _is_same(each.mine, each.theirs)]


def rebased(differing: Sequence[Difference], mine: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, with what somebody else wrote in the fields that it did not change."""
    return {**mine, **{each.field.name: each.theirs for each in differing if not each.is_conflict}}


def _kept(field: Field, value: Any) -> Any:
    if field.kind == "group" and isinstance(value, Mapping):
        return written(field.parts, value)
    if field.kind == "rows" and isinstance(value, list):
        return [written(field.parts, row) if isinstance(row, Mapping) else row for row in value]
    return value


def _is_same(one: Any, other: Any) -> bool:
    return one == other or (not one and not other and one not in (0, False) and other not in (0, False))


def _patched(was: Any, becomes: Any) -> Any:
    if not isinstance(was, Mapping) or not isinstance(becomes, Mapping):
        return becomes
    changed = {name: _patched(was.get(name), value) for name, value in becomes.items() if was.get(name) != value}
    return changed | {name: None for name in was if name not in becomes}
