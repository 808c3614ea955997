"""Asking to represent an institution: a person proposes the role for themselves, and whoever may give it decides."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant, person
from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.rows import with_columns

REPRESENTATIVE = "institution_representative"
BY_ADDRESS, BY_LETTER = "address", "letter"
_VERIFIED, _CANDIDATE = "verified", "candidate"
_institution = views.INSTITUTIONS
_NAMED = Statement(
    select(_institution).where(_institution.c.id == bindparam("institution"), _institution.c.merged_into.is_(None))
)
_ADDRESS = Statement(select(person.c.email_key).where(person.c.id == bindparam("account"), person.c.email_verified))
_ASKED = Statement(
    select(grant.c.id)
    .where(
        grant.c.principal_id == bindparam("account"),
        grant.c.scope_id == bindparam("institution"),
        grant.c.role == REPRESENTATIVE,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
    .limit(1)
)


def asks_for_oneself(principal: Principal, new: Grant) -> bool:
    """Whether a person asks for the role of a representative."""
    is_own = principal.kind is PrincipalKind.ACCOUNT and new.principal_id == principal.id
    return is_own and new.role == REPRESENTATIVE and new.delegated_from is None


async def asked_for(uow: UnitOfWork, principal: Principal, new: Grant) -> Grant:
    """The proposed grant of a person who asks for it, with how they prove that they belong to the institution: by the
    domain of their verified address, or by a letter.

    Raises Invalid for an institution that is neither verified nor entered by the person, without a proof, and for a
    letter among the files of evidence; Conflict if the person has or has asked for the role already.
    """
    if new.letter is not None and new.letter["evidence_id"] is not None:
        raise invalid_field("/letter/evidence_id", "unknown_reference", "Name the address of the letter.")
    await uow.allow_record(new.id, principal.id)
    found = await institution_of(uow.connection, new)
    if found is None or not _is_open_to(found, principal):
        raise invalid_field("/scope_id", "scope_not_known", "There is no such institution in the register.")
    if await _ASKED.fetchval(uow.connection, account=principal.id, institution=new.scope_id) is not None:
        raise Conflict("You represent the institution, or have asked to.")
    address: str | None = await _ADDRESS.fetchval(uow.connection, account=principal.id)
    proof = BY_ADDRESS if address and is_of(address, found["domains"]) else new.letter and BY_LETTER
    if not proof:
        detail = "Your address is of no domain of the institution; give a letter of it."
        raise invalid_field("/letter", "required", detail)
    decided = {"country": found["country"], "proof": proof, "second_person": None}
    return with_columns(new, {"status": "proposed", "visibility": "restricted", **decided})


async def institution_of(connection: Connection, record: Grant) -> Row | None:
    """The institution that a grant is over, unless it was merged; None for another scope."""
    if record.scope_kind != "institution" or record.scope_id is None:
        return None
    return await _NAMED.fetchrow(connection, institution=UUID(record.scope_id))


def _is_open_to(institution: Row, principal: Principal) -> bool:
    is_own = institution["status"] == _CANDIDATE and institution["created_by"] == principal.label
    return bool(is_own or institution["status"] == _VERIFIED)


def is_of(address: str, domains: Iterable[str]) -> bool:
    """Whether an address is of one of these domains, or of a domain below one."""
    host = address.rpartition("@")[2]
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


async def is_verified(connection: Connection, record: Grant) -> bool:
    """Whether the institution that a grant is over is in the register."""
    found = await institution_of(connection, record)
    return found is not None and bool(found["status"] == _VERIFIED)
