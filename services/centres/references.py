"""Checks of references to records of this service and others: they exist and the caller may know of them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid
from shared.records.references import NAMED_EXPERTS, NAMED_INSTITUTIONS, Nameable

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
    await _require(uow, NAMED_INSTITUTIONS, named, "There is no such institution.")


async def require_experts(uow: UnitOfWork, named: Mapping[str, UUID | None]) -> None:
    """Raises Invalid `unknown_reference` for each pointer whose expert does not exist, is hidden, merged or erased."""
    await _require(uow, NAMED_EXPERTS, named, "There is no such expert.")


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


async def _require(uow: UnitOfWork, known: Nameable, named: Mapping[str, UUID | None], detail: str) -> None:
    wanted = {pointer: key for pointer, key in named.items() if key is not None}
    if not wanted:
        return
    found = await known.known(uow.connection, uow.origin.actor, set(wanted.values()))
    errors = [
        FieldError("unknown_reference", detail, pointer=pointer) for pointer, key in wanted.items() if key not in found
    ]
    if errors:
        raise Invalid(detail, errors=errors)
