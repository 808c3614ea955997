"""The values of a record as the texts of a form, by path: `names.0.family`, `titles.fr`."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from services.portal.console.describing.fields import KEY, VALUE, Field

Texts: TypeAlias = dict[str, list[str]]
"""What a form has at each path: one text, or the chosen codes."""
AS_JSON = "!"
"""Ends the path of a value that is written as JSON, since the form of its field has no place for it."""
YES, NO = "true", "false"


def texts_of(fields: Sequence[Field], values: Mapping[str, Any], prefix: str = "") -> Texts:
    """The texts of the values that the fields have."""
    found: Texts = {}
    for field in fields:
        value = values.get(field.name)
        if value is not None:
            found |= _texts(field, f"{prefix}{field.name}", value)
    return found


def _texts(field: Field, path: str, value: Any) -> Texts:
    if not _fits(field, value):
        return {f"{path}{AS_JSON}": [orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()]}
    if field.kind in ("group", "rows", "pairs", "multilingual"):
        return _below(field, path, value)
    if field.kind == "choices":
        return {path: [str(code) for code in value]}
    if field.kind == "lines":
        return {path: ["\n".join(str(line) for line in value)]}
    return {path: [_text(value)]}


def _below(field: Field, path: str, value: Any) -> Texts:
    if field.kind == "group":
        return texts_of(field.parts, value, f"{path}.")
    if field.kind in ("rows", "pairs"):
        value = [{KEY: key, VALUE: one} for key, one in value.items()] if field.kind == "pairs" else value
        rows = [texts_of(field.parts, row, f"{path}.{number}.") for number, row in enumerate(value)]
        return {name: texts for row in rows for name, texts in row.items()}
    return {f"{path}.{tag}": [text] for tag, text in value.items() if text is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _fits(field: Field, value: Any) -> bool:
    """Whether the form of the field shows all of the value."""
    if field.kind == "json":
        return False
    if field.kind == "group":
        return isinstance(value, Mapping) and _fit_parts(field, value)
    if field.kind in ("multilingual", "pairs"):
        texts = str | None if field.kind == "multilingual" else bool | int | float | str
        return isinstance(value, Mapping) and all(isinstance(one, texts) for one in value.values())
    if field.kind == "rows":
        return isinstance(value, list) and all(isinstance(row, Mapping) and _fit_parts(field, row) for row in value)
    if field.kind in ("choices", "lines"):
        return isinstance(value, list) and not any(isinstance(one, dict | list) or "\n" in str(one) for one in value)
    return isinstance(value, bool | int | float | str)


def _fit_parts(field: Field, value: Mapping[str, Any]) -> bool:
    return all(value.get(part.name) is None or _fits(part, value[part.name]) for part in field.parts)
