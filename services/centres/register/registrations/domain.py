"""Registration numbers and terms from before the register. Plain Python."""

import re
from datetime import date

from services.centres.designation.centres.domain import registration_number

PREFIX = "ESNRC-"
"""Begins the numbers that the register gives."""
NUMBER = r"^[A-Z0-9][A-Z0-9./-]{0,49}$"
"""The form of any number: capital letters, digits, and what divides them."""
_SERIAL = re.compile(r"[0-9]{2,9}")


def serial_of(number: str, country: str) -> int | None:
    """The serial of a number as the register gives them, such as 7 for `ESNRC-PK-07`; None for a number of another
    form. Raises ValueError for one that begins with `ESNRC-` and that the register would not give in this country."""
    if not number.startswith(PREFIX):
        return None
    digits = number.rpartition("-")[2]
    serial = int(digits) if _SERIAL.fullmatch(digits) else 0
    if serial < 1 or number != registration_number(country, serial):
        raise ValueError(number)
    return serial


def designated_on(starts: date, today: date) -> date:
    """The day of the designation of a centre whose term starts on a day: that day, or today for a later one."""
    return min(starts, today)
