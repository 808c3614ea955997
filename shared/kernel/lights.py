"""The lights of what somebody has to do by a day or an instant.

light_after(date(2026, 3, 1), date(2026, 3, 2), timedelta(days=30)) == "yellow"
"""

from datetime import date, datetime, timedelta
from typing import TypeVar

GREEN, YELLOW, RED = LIGHTS = ("green", "yellow", "red")
Time = TypeVar("Time", date, datetime)


def light_after(target: Time, at: Time, late: timedelta) -> str:
    """Green until the target, yellow for as long as `late`, then red."""
    if at <= target:
        return GREEN
    return YELLOW if at <= target + late else RED
