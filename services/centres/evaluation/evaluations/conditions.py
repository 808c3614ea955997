"""Conditions that a centre has to meet, of an evaluation or of a term. Plain Python."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, TypedDict

from shared.kernel.errors import invalid_field

MEET = "meet_condition"
"""The transition that records that a condition is met."""
FIELDS, REQUIRED = ("number", "met_on"), ("number",)
MOST = 50


class Condition(TypedDict):
    """What has to be done, until when, and since when it is; days as YYYY-MM-DD."""

    text: str
    due: str | None
    met_on: str | None


def unmet(conditions: Sequence[Condition]) -> Literal["no_open_condition"] | None:
    """The refusal to record a condition as met; None if one is open."""
    return None if any(one["met_on"] is None for one in conditions) else "no_open_condition"


def with_met(conditions: Sequence[Condition], number: int | None, day: date | None, today: date) -> list[Condition]:
    """The conditions after the one with this number, from 1, was met on a day, by default today.

    Raises Invalid for a number without an open condition, and for a day in the future.
    """
    if number is None or not 1 <= number <= len(conditions) or conditions[number - 1]["met_on"] is not None:
        raise invalid_field("/fields/number", "invalid_value", "The number of an open condition, from 1.")
    met_on = day or today
    if met_on > today:
        raise invalid_field("/fields/met_on", "out_of_range", "A day until today.")
    return [
        {**one, "met_on": met_on.isoformat()} if place == number else one
        for place, one in enumerate(conditions, start=1)
    ]


def have_same_texts(before: Sequence[Condition], wanted: Sequence[Condition]) -> bool:
    """Whether conditions differ only by the days on which they were met."""
    return [(one["text"], one["due"]) for one in before] == [(one["text"], one["due"]) for one in wanted]
