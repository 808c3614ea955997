"""Validates external identifiers."""

import re

_ORCID = re.compile(r"^(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])$")
_ROR = re.compile(r"^(?:(?:https?://)?ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6}\d{2})$")
_DOI = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}(?:\.\d+)*/[!-~]+)$")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid_id(text: str) -> str | None:
    """The ORCID iD as `0000-0000-0000-000X`, or None if the form or the check digit is wrong.

    The check digit is ISO 7064 MOD 11-2.
    """
    found = _ORCID.match(text.strip().upper().replace("HTTPS://ORCID.ORG/", "").replace("HTTP://ORCID.ORG/", ""))
    if found is None:
        return None
    digits = "".join(found.groups())
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(found.groups()) if digits[-1] == ("X" if check == 10 else str(check)) else None


def ror_id(text: str) -> str | None:
    """The ROR id as `https://ror.org/0xxxxxxNN`, or None if the form or the check digits are wrong.

    Check = 98 − (n·100 mod 97), n the number in the seven Crockford base-32 characters (ROR's own rule).
    """
    found = _ROR.match(text.strip().lower())
    if found is None:
        return None
    suffix = found.group(1)
    number = 0
    for character in suffix[:7]:
        number = number * 32 + _CROCKFORD.index(character)
    return f"https://ror.org/{suffix}" if int(suffix[7:]) == 98 - number * 100 % 97 else None


def doi(text: str) -> str | None:
    """The DOI as `10.1038/nphys1170`, in lower case without the resolver's address, or None if it is not one.

    The form is that of ISO 26324: a prefix of `10.` and a number of four to nine digits, and a suffix without spaces.
    """
    found = _DOI.match(text.strip().lower())
    return found.group(1) if found else None
