"""Records a change: its audit entry and its fact."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.audit.entries import FieldChange, compare, enter
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce_change


def record_change(
    uow: UnitOfWork,
    resource: Resource,
    action: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    fields: Iterable[str],
    fact: str,
    reason: str | None = None,
    link: str | None = None,
    at: datetime | None = None,
    person: UUID | None = None,
    more: tuple[FieldChange, ...] = (),
) -> None:
    """Appends the audit entry of a change and announces its fact, both under one id and in the transaction of the
    change.

    `action` is `create`, `update` or a lifecycle's verb; `fact` is the end of the fact's type; `fields` are those whose
    changes the history shows; `link` is the record's address if it is not an item of its resource; `at` is the time of
    the change, by default now; `person` is the described person, whose erasure deletes the values of the change; `more`
    are further changes that the history shows.
    """
    at, change = at or now(), uuid7()
    left = before["country"] if before and before["country"] != after["country"] else None
    enter(
        uow,
        change,
        at,
        resource.name,
        action,
        before=before,
        after=after,
        changes=compare(before or {}, after, fields) + more,
        reason=reason,
        person=person,
    )
    announce_change(
        uow,
        fact=change,
        type=resource.fact(fact),
        time=at,
        subject=after["id"],
        ref=after["ref"],
        version=after["version"],
        country=after["country"],
        country_left=left,
        visibility=after["visibility"],
        link=link or resource.link(after["id"]),
        traceparent=uow.origin.traceparent,
        bulk=uow.origin.bulk,
    )
