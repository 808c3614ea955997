"""Writing what an import enters with a centre, and what its undo deletes with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, delete, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.designation.centres import stages
from services.centres.designation.centres.designation import TERMS, open_term
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.tables import centre, stage, term
from services.centres.register.registrations import queries
from services.centres.reporting.annual_reports.operations import REPORTS
from services.centres.reporting.annual_reports.tables import annual_report
from shared.database.locks import share_names
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.identifiers import orcid_id, ror_id
from shared.kernel.lifecycle import GuardContext
from shared.kernel.principal import Principal
from shared.records.record import Record
from shared.records.references import NAMED_EXPERTS, NAMED_INSTITUTIONS
from shared.records.resource_type import ResourceType
from shared.records.rows import record_of

R = TypeVar("R", bound=Record)
_keys = any_(bindparam("keys", type_=ARRAY(Uuid)))
_TOUCH = Statement(update(centre).where(centre.c.id == _keys).values(updated_at=bindparam("at", type_=Instant)))
_DELETE = tuple(Statement(delete(child).where(child.c.centre_id == _keys)) for child in (annual_report, term, stage))


async def find_hosts(connection: Connection, principal: Principal, cells: Collection[str]) -> dict[str, UUID]:
    """The institutions that cells name by ref or ROR id and that the principal may refer to."""
    names = {cell: ror_id(cell) or cell.upper() for cell in cells}
    found = await queries.hosts_named(connection, set(names.values()))
    known = await NAMED_INSTITUTIONS.known(connection, principal, found.values())
    return {cell: found[name] for cell, name in names.items() if found.get(name) in known}


async def find_directors(connection: Connection, principal: Principal, cells: Collection[str]) -> dict[str, UUID]:
    """The experts that cells name by ref or ORCID iD and that the principal may refer to."""
    names = {cell: orcid_id(cell) or cell.upper() for cell in cells}
    found = await queries.directors_named(connection, set(names.values()))
    known = await NAMED_EXPERTS.known(connection, principal, found.values())
    return {cell: found[name] for cell, name in names.items() if found.get(name) in known}


async def lock_numbers(connection: Connection, countries: Collection[str]) -> None:
    """Waits for designations in these countries, and holds further ones up until the transaction ends. Imports do not
    hold each other up."""
    await share_names(connection, *(f"centre_next_serial {country}" for country in sorted(countries)))


async def open_terms(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Enters the stage, the term and the reports of centres that an import has entered."""
    for row in rows:
        entered = record_of(Centre, row)
        if entered.term_starts is None or entered.term_ends is None:
            raise ValueError("a designated centre has a term")
        await stages.append(uow, entered, entered.updated_at)
        await open_term(uow, entered, entered.term_starts, entered.term_ends, decided_on=entered.designated_on)


async def delete_terms(uow: UnitOfWork, centres: Sequence[UUID]) -> None:
    """Deletes the stages, terms and reports of these centres. The register dates the removal of the centres by the
    present instant."""
    for report in await queries.lock_reports(uow.connection, centres):
        _record_deletion(uow, REPORTS, report)
    for one in await queries.lock_terms(uow.connection, centres):
        _record_deletion(uow, TERMS, one)
    for statement in _DELETE:
        await statement.execute(uow.connection, keys=list(centres))
    await _TOUCH.execute(uow.connection, keys=list(centres), at=now())


def _record_deletion(uow: UnitOfWork, kind: ResourceType[R, GuardContext], record: R) -> None:
    kind.record_change(uow, "delete", record, replace(record, version=record.version + 1), "deleted")
