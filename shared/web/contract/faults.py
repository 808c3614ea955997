"""Faults that pydantic finds, as errors of fields. Never repeats input."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

from shared.kernel.errors import FieldError, pointer_to

_BUILT_IN = frozenset(get_args(ErrorType))
_FIELD_FAULTS: Mapping[str, tuple[str, str]] = {
    "missing": ("required", "This must be given."),
    "extra_forbidden": ("unknown_field", "Not a field here, or one that the server sets."),
    "string_unicode": ("invalid_text", "Text must not contain lone surrogates."),
    "string_too_long": ("too_long", "At most {max_length} characters."),
    "string_too_short": ("too_short", "At least {min_length} characters."),
    "too_long": ("too_long", "At most {max_length} entries."),
    "too_short": ("too_short", "At least {min_length} entries."),
    "literal_error": ("not_one_of", "One of {expected}."),
    "enum": ("not_one_of", "One of {expected}."),
    "greater_than": ("out_of_range", "More than {gt}."),
    "greater_than_equal": ("out_of_range", "At least {ge}."),
    "less_than": ("out_of_range", "Less than {lt}."),
    "less_than_equal": ("out_of_range", "At most {le}."),
    "finite_number": ("out_of_range", "A finite number."),
    "string_pattern_mismatch": ("invalid_format", "Not in the form of this field."),
    "url_too_long": ("too_long", "At most {max_length} characters."),
}


def field_fault(fault: Mapping[str, Any], location: Sequence[int | str], body: Any = None) -> FieldError:
    """The error of a field of a body. Without the body, the location is its pointer."""
    code, detail = describe(fault)
    return FieldError(code, detail, pointer=_pointer(location, body))


def describe(fault: Mapping[str, Any]) -> tuple[str, str]:
    """Code and sentence of a pydantic fault. Codes of our own validators are unchanged."""
    kind = str(fault["type"])
    if kind not in _BUILT_IN:
        return kind, str(fault["msg"])
    if kind in _FIELD_FAULTS:
        code, sentence = _FIELD_FAULTS[kind]
        return code, sentence.format_map(_Bounds(fault.get("ctx") or {}))
    if kind.endswith("_type"):
        return "invalid_type", "Not of the type of this field."
    if kind.endswith(("_parsing", "_from_datetime_inexact", "_format")):
        return "invalid_format", "Not in the form of this field."
    return "invalid_value", "Not a valid value of this field."


class _Bounds(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "the given bound"


def _pointer(location: Sequence[int | str], body: Any) -> str:
    """The JSON pointer (RFC 6901), without the names that pydantic adds for branches of a union, which are not in the
    body."""
    parts: list[int | str] = []
    here = body
    if body is None:
        return pointer_to(*location)
    for number, part in enumerate(location):
        is_last = number == len(location) - 1
        if isinstance(here, Mapping):
            if part not in here and not is_last:
                continue
            here = here.get(part)
        elif isinstance(here, Sequence) and not isinstance(here, (str, bytes)) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        else:
            continue
        parts.append(part)
    return pointer_to(*parts)
