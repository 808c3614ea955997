"""Detects duplicate keys in JSON objects. Parsers differ in which value they use, so such a text is refused."""

import json
import re
from collections.abc import Callable
from typing import Any

_SPACE_BEFORE_COLON = re.compile(rb"[ \t\r\n]:")


class _Repeated(Exception):
    pass


def value_repeats_a_key(text: str | bytes | bytearray, value: Any) -> bool:
    """Whether any object in the JSON text of this value has a duplicate key, at any depth. A text with as many colons
    after a quote as the value has keys, and none after a space, has none; any other text is parsed again."""
    data = text.encode() if isinstance(text, str) else text
    if data.count(b'":') == _keys(value) and not _SPACE_BEFORE_COLON.search(data):
        return False
    return text_repeats_a_key(text)


def _keys(value: Any) -> int:
    """The number of keys of all objects in a value."""
    count, parts = 0, [value]
    for part in parts:
        if type(part) is dict:
            count += len(part)
            parts += part.values()
        elif type(part) is list:
            parts += part
    return count


def text_repeats_a_key(text: str | bytes | bytearray) -> bool:
    """Like `value_repeats_a_key`, by parsing the text, which is slower. False for a text that is not JSON."""
    as_text: Callable[[str], str] = str
    try:
        json.loads(text, object_pairs_hook=_all_once, parse_int=as_text, parse_float=as_text)
    except _Repeated:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _all_once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Repeated
