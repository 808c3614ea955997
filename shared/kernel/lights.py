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


def unannounced(light: str | None, announced: str | None) -> tuple[str, ...]:
    """The lights after green that were entered up to this one and that no fact has announced, in their order;
    `announced` is the last one that was."""
    late = (YELLOW, RED)
    if light not in late:
        return ()
    entered = late[: late.index(light) + 1]
    return entered[entered.index(announced) + 1 if announced in entered else 0 :]
