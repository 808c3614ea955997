"""Entries of the audit trail of who read data, or called as an account that is watched: no record changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.audit.entries import FieldChange, enter
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce_change


def record_access(
    uow: UnitOfWork,
    resource: Resource,
    action: str,
    subject: UUID,
    details: Mapping[str, Any],
    *,
    country: str | None = None,
    person: UUID | None = None,
) -> None:
    """Appends an entry with the actor of the unit of work, and announces it, both under one id: the chain takes entries
    in the order of facts. `details` are shown as changes; `person` is whom they describe, if they do."""
    state = {"id": subject, "version": 1, "status": None, "country": country, "visibility": "restricted"}
    at, entry = now(), uuid7()
    changes = tuple(FieldChange(pointer=f"/{name}", before=None, after=value) for name, value in details.items())
    enter(
        uow, entry, at, resource.name, action, before=None, after=state, changes=changes, reason=None, person=person
    )  # fmt: skip
    announce_change(
        uow,
        fact=entry,
        type=f"escm.{resource.service}.access.recorded.v1",
        time=at,
        subject=subject,
        ref=f"{resource.name} {action}",
        version=1,
        country=country,
        visibility="restricted",
        link=f"/access/v1/audit?subject={subject}",
        traceparent=uow.origin.traceparent,
        bulk=uow.origin.bulk,
    )
