"""The membership app whose changes write their fact and no audit entry: no hashes, no encrypted detail, no key."""

from collections.abc import Mapping
from typing import Any

from services.membership import app
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce_change
from shared.records import changes
from shared.web.edge.app import Application


def create_app() -> Application:
    """The app under the settings of the environment."""
    changes.record_change = _announce  # type: ignore[assignment]
    return app.create_app()


def _announce(
    uow: UnitOfWork, resource: Resource, _action: str, *, after: Mapping[str, Any], fact: str, **_entry: Any
) -> None:
    announce_change(
        uow,
        fact=uuid7(),
        type=resource.fact(fact),
        time=now(),
        subject=after["id"],
        ref=after["ref"],
        version=after["version"],
        country=after["country"],
        visibility=after["visibility"],
        link=resource.link(after["id"]),
        traceparent=uow.origin.traceparent,
        bulk=uow.origin.bulk,
    )
