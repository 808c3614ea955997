"""A row of JSON: read unchanged if it can be stored, else with a fault and replaced values."""

import json
import re
from typing import Any, NamedTuple, NoReturn

import orjson

from shared.kernel.json_keys import value_repeats_a_key

_LONG_NUMBER = re.compile(r"[0-9]{18}")
_DIGITS = 18
"""Integers of more digits are stored as text: a float would change them, and Python refuses those of 4,301."""
_ESCAPED_NULL = "\\u0000"
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Item(NamedTuple):
    """A row's value. If it has a fault: the code, and a sentence for the sender."""

    value: Any
    fault: tuple[str, str] | None = None


_NOT_JSON = Item(None, ("malformed_json", "The row is not JSON."))
_TWICE = ("malformed_json", "A JSON object has the same key twice.")
_NO_TEXT = ("invalid_text", "Text must hold neither U+0000 nor lone surrogates.")


def read_item(text: str) -> Item:
    """The value of a JSON text. Never raises: replaces what the database cannot store, and reports it as a fault."""
    try:
        if _ESCAPED_NULL not in text and not _LONG_NUMBER.search(text):
            value = orjson.loads(text)
            return Item(value, _TWICE if _repeats(text, value) else None)
    except orjson.JSONDecodeError:
        pass
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _NOT_JSON
    clean = _clean(value)
    if _repeats(text, value):
        return Item(clean, _TWICE)
    return Item(clean, None if clean == value else _NO_TEXT)


def _repeats(text: str, value: Any) -> bool:
    return isinstance(value, dict) and value_repeats_a_key(text, value)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS else digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if number - number == 0 else digits


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_CHARACTER.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(part) for name, part in value.items()}
    return value
