"""Keys that stand twice in a JSON object: readers differ in which value they take, so such a text is refused."""

import json
from collections.abc import Callable
from typing import Any


class _Repeated(Exception):
    pass


def repeats_a_key(text: str | bytes | bytearray) -> bool:
    """Whether any object in a JSON text has a key twice, at any depth. False for a text that is not JSON."""
    keep: Callable[[str], str] = str
    try:
        json.loads(text, object_pairs_hook=_all_once, parse_int=keep, parse_float=keep)
    except _Repeated:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def row_repeats_a_key(line: str, row: dict[str, Any]) -> bool:
    """The same for the text of one object that was read: with as many colons as keys it has none."""
    return line.count(":") != len(row) and repeats_a_key(line)


def _all_once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Repeated
