"""Announces facts and defers jobs in the transaction of the change. Sends nothing."""

from typing import Any
from uuid import UUID

from shared.contracts.envelope import Fact
from shared.contracts.registry import FACTS
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.tables import core_job, core_outbox
from shared.observability.spans import spans
from shared.observability.traces import traceparent


def announce(uow: UnitOfWork, fact: Fact) -> None:
    """Announces a fact if the unit of work commits. The record's row must be locked already, so that the order of facts
    about one record is the order of their commits."""
    announce_change(
        uow,
        fact=fact.id,
        type=fact.type,
        time=fact.time,
        subject=fact.subject,
        ref=fact.ref,
        version=fact.version,
        country=fact.country,
        country_left=fact.country_left,
        visibility=fact.visibility,
        link=fact.link,
        traceparent=fact.traceparent,
        bulk=fact.bulk,
    )


def announce_change(uow: UnitOfWork, **values: Any) -> None:
    """Like `announce`, from trusted values for the columns of `core_outbox`, of which only the type is checked. Creates
    no object per fact, for imports with a million facts. Raises ValueError."""
    if values["type"] not in FACTS:
        raise ValueError(f"{values['type']} is not a registered fact; shared/contracts lists them")
    if not values["bulk"]:
        values["traceparent"] = spans.produced(
            f"announce {values['type']}", values["traceparent"], **{"escm.fact": str(values["fact"])}
        )
    values.setdefault("country_left", None)
    uow.append_row(core_outbox, values)


def defer(
    uow: UnitOfWork, service: str, job_type: str, payload: dict[str, Any], *, created_by: str, bulk: bool = False
) -> UUID:
    """Enqueues a job for the service's worker if the unit of work commits. Returns its id for `GET /jobs/{id}`.

    `job_type` names the handler. `payload` holds ids and JSON values, never personal data. `bulk` jobs have a queue of
    their own. Workers alternate between the jobs of different principals.
    """
    job = uuid7()
    trace = spans.produced(f"defer {job_type}", traceparent.get(), **{"escm.job": str(job)})
    uow.append(
        core_job,
        id=job,
        service=service,
        job_type=job_type,
        payload=payload,
        created_by=created_by,
        principal=_principal_of(uow, created_by),
        bulk=bulk,
        traceparent=trace,
    )
    return job


def defer_once(uow: UnitOfWork, service: str, job_type: str, payload: dict[str, Any]) -> None:
    """Enqueues a job in the name of the actor, like `defer`, unless the unit of work has enqueued the same already."""
    key = (job_type, *sorted(payload.items()))
    if key not in uow.scratch:
        uow.scratch[key] = defer(uow, service, job_type, payload, created_by=uow.origin.actor.label)


def _principal_of(uow: UnitOfWork, created_by: str) -> str:
    """The principal in whose share of the workers the job runs; for a key, its owner."""
    actor = uow.origin.actor
    if created_by == actor.label:
        return actor.owner_key
    return created_by.rpartition(":")[2]


def has_left(uow: UnitOfWork) -> bool:
    """Whether the unit of work announced or deferred anything, so that the relay is notified after its commit."""
    return uow.appended(core_outbox) or uow.appended(core_job)
