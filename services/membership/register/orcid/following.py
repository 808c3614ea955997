"""The record of a person has the ORCID iD with which they sign in to their account."""

from uuid import UUID

from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.owners import record_of_account
from services.membership.register.orcid import queries
from services.membership.register.orcid.domain import ISSUER
from services.membership.register.orcid.operations import give
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.identifiers import orcid_id


async def follow_identity(uow: UnitOfWork, identity: UUID) -> None:
    """Gives the record that the account owns the authenticated iD, as signing in to ORCID by `orcid_link` does.
    Identities of other providers change nothing."""
    found = await queries.identity(uow.connection, identity)
    orcid = orcid_id(found["subject"]) if found and found["issuer"] == ISSUER else None
    expert = await record_of_account(uow.connection, found["account_id"]) if found and orcid else None
    if expert is not None and orcid is not None:
        await give(uow, await EXPERTS.lock(uow, expert), orcid)
