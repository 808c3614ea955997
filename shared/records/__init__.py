"""The common parts of all records: fields, access, lists, changes, histories.

`Record` declares each field with its audience and traits. `AccessScope` is what a principal may read and write of one
resource. `ResourceType` inserts, updates and transitions records, each with an audit entry and a fact. `Listing` builds
the statements of a list. `presenter` renders rows:

    >>> from dataclasses import dataclass
    >>> from datetime import date
    >>> from typing import Annotated
    >>> from shared.kernel.lifecycle import Lifecycle, transition
    >>> from shared.kernel.resource import Resource
    >>> from shared.records.columns import table_of
    >>> from shared.records.record import Public, Record, Written
    >>> from shared.records.resource_type import ResourceType
    >>> @dataclass(frozen=True, slots=True, kw_only=True)
    ... class Visit(Record):
    ...     resource_type = Resource("centres", "visits", "visit")
    ...     planned_for: Annotated[date, Public, Written, "The day of the visit."]
    >>> LIFECYCLE = Lifecycle(("planned", "held"), (transition("hold", "planned", "held"),))
    >>> VISITS = ResourceType.of(Visit, table_of(Visit, "centre_visit"), LIFECYCLE)
    >>> VISITS.new({"country": "XA", "planned_for": date(2027, 3, 1)}).planned_for
    datetime.date(2027, 3, 1)
    >>> VISITS.tracked
    ('status', 'visibility', 'planned_for')

`await VISITS.insert(uow, replace(new, status="planned", visibility="restricted"))` then writes it.
"""
