"""Ordering certificates, and issuing each one once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from services.membership.certificates.certificates import domain, queries
from services.membership.certificates.certificates.following import follow
from services.membership.certificates.certificates.holders import require_holder
from services.membership.certificates.certificates.operations import CERTIFICATES, create
from services.membership.certificates.certificates.record import Certificate
from services.membership.issuing.causes.operations import PARTICIPATION, SUPPORT, follow_cause, holder_in
from services.membership.issuing.causes.queries import cause
from shared.bulk.exporting import ExportWish, enter_export
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, unknown_reference
from shared.records.access_scope import AccessScope

ISSUE_JOB = "issue_certificates"
FAILURES = "certificate_failures"
"""The name of the file that lists which certificates were not issued."""
FAILURE_COLUMNS = ("id", "problem", "detail")


@dataclass(frozen=True, slots=True)
class Order:
    """Certificates of a kind: those about `items`, ids of records, or about all that `filters` choose. `year` is that
    of reviews; without a `language` each holder's own is taken."""

    kind: str
    filters: Mapping[str, str]
    items: Sequence[str] | None
    year: int | None
    language: str | None


async def enqueue(uow: UnitOfWork, order: Order) -> UUID:
    """Assigns the certificates to a worker. Returns the job's id."""
    wish = ExportWish("csv", asdict(order), FAILURE_COLUMNS, safe=True)
    return await enter_export(uow, "membership", FAILURES, wish, ISSUE_JOB, bulk=True)


async def issue_once(uow: UnitOfWork, access: AccessScope, order: Order, subject: UUID) -> bool:
    """Issues the certificate about a subject. False if there is one already. Raises what `create` raises."""
    kind, language = order.kind, order.language
    if kind in (SUPPORT, PARTICIPATION):
        row = await cause(uow.connection, kind, subject)
        if row is None or not access.sees_all_fields(row["country"], row[holder_in(row)]):
            raise unknown_reference("/items", kind)
        if not row["holds"] or not row["is_certified"]:
            raise Conflict("There is nothing to certify.", members={"reason": "not_certified"})
        await require_holder(uow.connection, access, holder_in(row), row[holder_in(row)], language)
        return await follow_cause(uow, kind, subject, language)
    holders = domain.KINDS[kind].holders
    if domain.KINDS[kind].is_holder:
        holder = await require_holder(uow.connection, access, holders[0], subject, language)
        if holder.status not in domain.ACTIVE:
            raise Conflict("The holder is not active.", members={"reason": "holder_not_active"})
        return await follow(uow, kind, holders[0], subject, language)
    new = _new(order, holders[0], subject)
    await lock_names(uow.connection, f"certificate {subject}")
    if await queries.is_in_force(uow.connection, new):
        return False
    await create(uow, access, new)
    return True


def _new(order: Order, named: str, holder: UUID) -> Certificate:
    language = order.language or "en"
    return CERTIFICATES.new({"kind": order.kind, named: holder, "subject_year": order.year, "language": language})
