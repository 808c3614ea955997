"""Codes of certificates: 80 random bits in 16 characters of Crockford's Base 32, and his check character.

code = new_code()           # "7HM2K4T9Q0WX3V8Z5"
printed(code)               # "7HM2-K4T9-Q0WX-3V8Z-5"
read("7hm2-k4t9-qowx-3v8z-5") == code
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = f"{_ALPHABET}*~$=U"
"""The check character of each number modulo 37."""
_BITS = 80
_LENGTH = 16
LONGEST = 50
"""Most characters of a code with its separators that a request may give."""
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """A code that nobody can guess."""
    return _written(secrets.randbits(_BITS))


def printed(code: str) -> str:
    """The code in groups of four characters."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read(text: str) -> str | None:
    """The code that a text means, whatever its case, hyphens and spaces, with O read as 0, and I and L as 1. None for a
    text that is no code, or has the wrong check character."""
    code = text.upper().translate(_FORGIVEN) if text.isascii() else ""
    if len(code) != _LENGTH + 1 or not set(code[:_LENGTH]) <= set(_ALPHABET):
        return None
    return code if code == _written(int(code[:_LENGTH].translate(_AS_DIGITS), 32)) else None


_AS_DIGITS = str.maketrans(_ALPHABET, "0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""To the digits that `int` reads."""


def _written(number: int) -> str:
    digits = [_ALPHABET[number >> shift & 31] for shift in range(_BITS - 5, -1, -5)]
    return "".join(digits) + _CHECKS[number % 37]
