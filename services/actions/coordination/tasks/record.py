"""A task of a country's officials or of the secretariat."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Example,
    Fixed,
    Granted,
    Internal,
    Part,
    Public,
    Record,
    Searched,
    Texts,
    Titles,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Record):
    """What somebody is to do about a country by a day. It is never published. The owner is an account, whoever holds a
    role in the country, or nobody. `raised_for`: the due day of the overdue milestone from which the schedule made it.
    `overdue_for`: the due day that was announced to have passed. `completers`: who completed it."""

    resource_type = Resource("actions", "tasks", "task")

    country: Annotated[
        str, Public, Written, Country, Fixed, "The country that the task is about, as an ISO 3166-1 alpha-2 code."
    ]
    visibility: Annotated[str, Public]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The task's titles, by language."]
    text: Annotated[Texts, Public, Written, "What is to be done, by language."]
    due: Annotated[date, Public, Written, "The day by which it is to be done."]
    priority: Annotated[str, Public, Written, "How urgent the task is."]
    owner_id: Annotated[UUID | None, Public, Tracked, Part]
    owner_role: Annotated[str | None, Public, Tracked, Part]
    about_kind: Annotated[str | None, Public, Tracked, Part]
    about_record: Annotated[UUID | None, Public, Tracked, Part]
    about_decision: Annotated[str | None, Public, Tracked, Part]
    completed_by: Annotated[
        str | None,
        Granted,
        Tracked,
        Example("account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"),
        "Who completed it: kind and id.",
    ]
    completed_on: Annotated[date | None, Public, Tracked, "The day on which it was completed."]
    verified_on: Annotated[date | None, Public, Tracked, "The day on which somebody else verified it."]
    raised_for: Annotated[date | None, Internal]
    overdue_for: Annotated[date | None, Internal]
    completers: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]
