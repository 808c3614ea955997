"""Resets of a sandbox: ordered and told."""

from uuid import UUID

from services.access.notifying.sandbox.domain import SANDBOX
from shared.audit.entries import enter
from shared.contracts.access import SANDBOX_RESET
from shared.contracts.envelope import Fact
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.countries import FICTIONAL_CODES
from shared.messaging.outbox import announce, defer

RESET_ALL_JOB = "reset_sandbox"


def order_reset(uow: UnitOfWork, country: str | None) -> UUID:
    """Enqueues the reset of a country, or of all. Returns the id of its job."""
    countries = sorted(FICTIONAL_CODES) if country is None else [country]
    return defer(uow, "access", RESET_ALL_JOB, {"countries": countries}, created_by=uow.origin.actor.label)


async def reset_nightly(uow: UnitOfWork) -> None:
    """Orders the reset of all countries."""
    order_reset(uow, None)


def tell(uow: UnitOfWork, job: UUID, country: str) -> None:
    """Writes the audit entry and announces the fact of a country that was reset by a job."""
    state = {"id": job, "version": 1, "status": "reset", "country": country, "visibility": "restricted"}
    entry = uuid7()
    enter(
        uow, entry, now(), SANDBOX.name, "reset", before=None, after=state, changes=(), reason=None, person=None
    )  # fmt: skip
    fact = Fact(
        id=entry,
        type=SANDBOX_RESET,
        subject=job,
        ref=f"RESET-{country}",
        version=1,
        country=country,
        link=f"/access/v1/jobs/{job}",
    )
    announce(uow, fact)
