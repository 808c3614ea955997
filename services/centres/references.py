"""Checks of references to records of this service and others: they exist and the caller may know of them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.references import NAMED_EXPERTS, NAMED_INSTITUTIONS

_COUNTRY = Statement(select(views.INSTITUTIONS.c.country).where(views.INSTITUTIONS.c.id == bindparam("institution")))
_ACCOUNT = Statement(select(views.EXPERTS.c.account_id).where(views.EXPERTS.c.id == bindparam("expert")))
_affiliation = views.AFFILIATIONS.c
_AFFILIATIONS = Statement(
    select(views.AFFILIATIONS.c.ends).where(
        views.AFFILIATIONS.c.expert_id == bindparam("expert"),
        views.AFFILIATIONS.c.institution_id == bindparam("institution"),
    )
)


async def require_institutions(uow: UnitOfWork, named: Mapping[str, UUID | None]) -> None:
    """Raises Invalid `unknown_reference` for each pointer whose institution does not exist, is hidden, merged or
    withdrawn."""
    await NAMED_INSTITUTIONS.require(uow, named)


async def require_experts(uow: UnitOfWork, named: Mapping[str, UUID | None]) -> None:
    """Raises Invalid `unknown_reference` for each pointer whose expert does not exist, is hidden, merged or erased."""
    await NAMED_EXPERTS.require(uow, named)


async def note_holder(uow: UnitOfWork, expert: UUID | None) -> None:
    """The role that an expert's office gives ends with this transaction, for caches too."""
    account = expert and await account_of(uow.connection, expert)
    if account:
        uow.principals.add(account)


async def country_of(connection: Connection, institution: UUID) -> str | None:
    """The country of an institution."""
    found: str | None = await _COUNTRY.fetchval(connection, institution=institution)
    return found


async def account_of(connection: Connection, expert: UUID) -> UUID | None:
    """The account of an expert, or None."""
    found: UUID | None = await _ACCOUNT.fetchval(connection, expert=expert)
    return found


async def belongs_to(connection: Connection, expert: UUID, institution: UUID, today: str) -> bool:
    """Whether an expert is affiliated with the institution on this day (YYYY-MM-DD); ends may be partial dates."""
    rows = await _AFFILIATIONS.fetch(connection, expert=expert, institution=institution)
    return any(row["ends"] is None or row["ends"] >= today[: len(row["ends"])] for row in rows)
