"""Passwords that attackers try first: common ones, and those from data of the account and of this system."""

import gzip
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from shared.kernel.errors import Invalid, invalid_field
from shared.kernel.text import nfc

_PRODUCT = ("escm", "secretariat")
_SHORTEST_WORD = 4
_OWN_PART = 8
"""Least number of characters of a password that are neither common nor data of the account."""
_WORDS = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans("013457@$!", "oleastasi")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def refuse_known(password: str, known_of_account: Iterable[str]) -> None:
    """Raises Invalid `password_known` for a password that `is_known`."""
    if is_known(password, known_of_account):
        raise _known()


def _known() -> Invalid:
    detail = "This password is one of the first that somebody would try. Choose another one, such as four words."
    return invalid_field("/password", "password_known", detail)


def is_known(password: str, known_of_account: Iterable[str]) -> bool:
    """Whether a password is one of the 30,000 most common, a repetition of one or one with digits and signs around it,
    one run of neighbouring characters, or little more than words of the account (name, address) and of this system."""
    folded = nfc(password).casefold()
    common = _common()
    spellings = {folded, folded.translate(_LETTERS)}
    spellings |= {_unit(spelling) for spelling in spellings}
    spellings |= {_EDGES.sub("", spelling) for spelling in spellings}
    spellings |= {_EDGES.sub("", folded).translate(_LETTERS)}
    if any(
        spelling in common and len(folded) - len(spelling) * _times(folded, spelling) < _OWN_PART
        for spelling in spellings - {""}
    ):
        return True
    return _is_run(folded) or len(set(folded)) == 1 or len(_without(folded, known_of_account)) < _OWN_PART


def _unit(text: str) -> str:
    """The part whose repetition is the text, or the text itself."""
    place = (text + text).find(text, 1)
    return text[:place]


def _times(text: str, unit: str) -> int:
    return len(text) // len(unit) if _unit(text) == unit else 1


def _is_run(text: str) -> bool:
    """`abcdefghijkl`, `210987654321`: each character is the successor of the previous one, or each its predecessor."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(text)}
    return steps in ({1}, {-1}) or (text.isdigit() and {step % 10 for step in steps} in ({1}, {9}))


def _without(text: str, known_of_account: Iterable[str]) -> str:
    """The text without the known words, removed the longest first."""
    words = {word.casefold() for known in known_of_account for word in _WORDS.findall(nfc(known))}
    for word in sorted({*words, *_PRODUCT}, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            text = text.replace(word, "")
    return text


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    packed = (files("services.access.principals.accounts") / "data" / "common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())
