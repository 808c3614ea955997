"""A submitted form as JSON: typed by its fields, within bounds, with what is no value at its path."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from services.portal.console.describing.fields import KEY, VALUE, Field
from services.portal.console.forms.texts import AS_JSON, NO, YES, Texts

MOST_ROWS = 500
_NUMBER = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,12})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a path of a form: a code of the catalogue of problems, and a sentence in English, if there is
    more to say."""

    path: str
    code: str
    detail: str = ""


class _Nothing:
    """Stands for a value that is not given."""


_NOTHING = _Nothing()


def texts_in(fields: Iterable[tuple[str, str]]) -> Texts:
    """The texts of a submitted form by path."""
    found: Texts = {}
    for path, text in fields:
        found.setdefault(path, []).append(text.replace("\r\n", "\n"))
    return found


def values_of(fields: Sequence[Field], sent: Texts, prefix: str = "") -> tuple[dict[str, Any], list[Fault]]:
    """The values that a form has for the fields, without those that are left blank; and its faults."""
    faults: list[Fault] = []
    values = {field.name: _value(field, f"{prefix}{field.name}", sent, faults) for field in fields}
    return {name: value for name, value in values.items() if value is not _NOTHING}, faults


def rows_in(path: str, sent: Mapping[str, Any]) -> int:
    """How many rows a form has below a path, at most MOST_ROWS."""
    return max(_numbers(path, sent), default=-1) + 1


def filled_rows(path: str, sent: Texts) -> list[int]:
    """The numbers of the rows below a path in which something is entered."""
    return sorted(_numbers(path, [name for name, texts in sent.items() if any(text.strip() for text in texts)]))


def as_entered(fault: Fault, sent: Texts) -> Fault:
    """A fault of the values of a form, at its path in the form: values have no blank rows."""
    found: list[str] = []
    for step in fault.path.split("."):
        filled = filled_rows(".".join(found), sent) if step.isdecimal() else []
        found.append(str(filled[int(step)]) if step.isdecimal() and int(step) < len(filled) else step)
    return replace(fault, path=".".join(found))


def _numbers(path: str, names: Iterable[str]) -> set[int]:
    below = f"{path}."
    steps = (name.removeprefix(below).partition(".")[0] for name in names if name.startswith(below))
    return {int(step) for step in steps if step.isdecimal() and len(step) <= 3 and int(step) < MOST_ROWS}


def _value(field: Field, path: str, sent: Texts, faults: list[Fault]) -> Any:
    as_json = f"{path}{AS_JSON}"
    if as_json in sent:
        return _json(as_json, sent[as_json][-1], faults)
    if field.kind in ("group", "rows", "pairs", "multilingual"):
        return _compound(field, path, sent, faults)
    if field.kind == "choices":
        return [code for code in sent.get(path, ()) if code] or _NOTHING
    if field.kind == "lines":
        lines = [line.strip() for line in "\n".join(sent.get(path, ())).split("\n")]
        return [_scalar(field.parts[0], path, line, faults) for line in lines if line] or _NOTHING
    text = sent.get(path, [""])[-1]
    return _scalar(field, path, text, faults) if text.strip() else _NOTHING


def _compound(field: Field, path: str, sent: Texts, faults: list[Fault]) -> Any:
    if field.kind == "group":
        return _group(field, path, sent, faults)
    if field.kind == "rows":
        rows = [_row(field, f"{path}.{number}.", sent, faults) for number in range(rows_in(path, sent))]
        return [row for row in rows if row] or _NOTHING
    if field.kind == "pairs":
        return _pairs(field, path, sent, faults) or _NOTHING
    below = f"{path}."
    texts = {name.removeprefix(below): sent[name][-1] for name in sent if name.startswith(below)}
    return {tag: text for tag, text in texts.items() if text.strip()} or _NOTHING


def _group(field: Field, path: str, sent: Texts, faults: list[Fault]) -> Any:
    """An object with the parts that are given. Without any it is not given, unless it must be."""
    found, wrong = values_of(field.parts, sent, f"{path}.")
    faults += wrong
    is_filled = any(_is_filled(f"{path}.{part.name}", sent) for part in field.parts)
    return found if found and is_filled else _NOTHING


def _pairs(field: Field, path: str, sent: Texts, faults: list[Fault]) -> dict[str, Any]:
    """An object of the pairs that are entered. A name without a value, a value without a name and a second value are
    faults."""
    found: dict[str, Any] = {}
    for number in filled_rows(path, sent):
        row = _row(field, f"{path}.{number}.", sent, faults) or {}
        missing = next((name for name in (KEY, VALUE) if name not in row), None)
        if missing is not None:
            faults.append(Fault(f"{path}.{number}.{missing}", "required"))
        elif row[KEY] in found:
            faults.append(Fault(f"{path}.{number}.{KEY}", "not_unique"))
        else:
            found[row[KEY]] = row[VALUE]
    return found


def _row(field: Field, prefix: str, sent: Texts, faults: list[Fault]) -> dict[str, Any] | None:
    """A row with its parts; None if it is left blank, though a choice may have stayed as it was offered."""
    if not any(_is_filled(f"{prefix}{part.name}", sent) for part in field.parts):
        return None
    found, wrong = values_of(field.parts, sent, prefix)
    faults += wrong
    return found


def _is_filled(path: str, sent: Texts) -> bool:
    names = [name for name in sent if name.rstrip(AS_JSON) == path or name.startswith(f"{path}.")]
    return any(text.strip() for name in names for text in sent[name])


def _scalar(field: Field, path: str, text: str, faults: list[Fault]) -> Any:
    if field.kind == "number":
        return _number(field, path, text.strip(), faults)
    if field.kind == "boolean":
        return {YES: True, NO: False}.get(text, text)
    if field.kind == "moment":
        return f"{text}Z" if _MOMENT.fullmatch(text.strip()) else text
    return text if field.kind == "prose" else text.strip()


def _number(field: Field, path: str, text: str, faults: list[Fault]) -> Any:
    if not _NUMBER.fullmatch(text) or (field.is_integer and "." in text):
        faults.append(Fault(path, "invalid_type"))
        return text
    return int(text) if "." not in text else float(text)


def _json(path: str, text: str, faults: list[Fault]) -> Any:
    if not text.strip():
        return _NOTHING
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        faults.append(Fault(path, "malformed_json"))
        return _NOTHING
