"""Consenting to be named with what one has said about a published edition, and taking it back."""

from dataclasses import dataclass
from uuid import UUID

from services.actions.global_report.contributions.operations import own_records
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.review.comments import queries as comments
from services.actions.global_report.review.comments.domain import naming_lock
from services.actions.global_report.review.naming import queries
from shared.database.ids import uuid7
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.changes import record_change

NAMING = Resource("actions", "naming_consents", "naming_consent")


@dataclass(frozen=True, slots=True)
class Naming:
    """Who is named, with which edition: the account, and the name, which the register has for experts."""

    edition_id: UUID
    account_id: UUID
    name: str | None


async def consent(uow: UnitOfWork, principal: Principal, wanted: Naming) -> Row:
    """The consent of the caller to be named with their comments and answers once the edition is published; one of
    before gets the name anew. What is published already has it at once.

    Raises Conflict for who takes no part in the edition, also if there is none, Invalid without a name for who is no
    expert.
    """
    edition = await edition_of(uow.connection, wanted.edition_id)
    own = [UUID(key) for key in own_records(principal)]
    if edition is None or not await queries.takes_part(uow.connection, edition.id, wanted.account_id, own):
        raise Conflict("You have neither reviewed, commented nor answered in this edition.")
    name = await queries.name_of(uow.connection, wanted.account_id) or wanted.name
    if name is None:
        raise invalid_field("/name", "required", "The register has no name of yours: give one.")
    await _prepare(uow, edition.id, wanted.account_id)
    before = await queries.of_account(uow.connection, wanted.account_id, edition.id)
    key = before["id"] if before else uuid7()
    after = await queries.store(uow.connection, key, edition.id, wanted.account_id, name, now())
    await comments.name(uow.connection, edition.id, wanted.account_id, name, now(), uow.origin.actor.label)
    _record(uow, "consent", edition, after["id"], "given")
    return after


async def withdraw(uow: UnitOfWork, edition_id: UUID, account_id: UUID) -> None:
    """Takes the consent back: what is published names the caller no more. Without one nothing changes."""
    await _prepare(uow, edition_id, account_id)
    before = await queries.of_account(uow.connection, account_id, edition_id)
    edition = await edition_of(uow.connection, edition_id)
    if before is None or edition is None:
        return
    await queries.forget(uow.connection, before["id"])
    await comments.name(uow.connection, edition_id, account_id, None, now(), uow.origin.actor.label)
    _record(uow, "withdraw", edition, before["id"], "withdrawn")


async def forget_expert(uow: UnitOfWork, expert: UUID) -> int:
    """Forgets the consents of an erased person, whom no comment names any more. Returns how many there were."""
    found = await queries.of_expert(uow.connection, expert)
    for one in found:
        await queries.forget(uow.connection, one["id"])
        await comments.name(uow.connection, one["edition_id"], one["account_id"], None, now(), uow.origin.actor.label)
    return len(found)


async def _prepare(uow: UnitOfWork, edition: UUID, account: UUID) -> None:
    """Lets the transaction write what is the caller's, one after another and not beside a publication."""
    await lock_names(uow.connection, naming_lock(edition))
    await uow.allow_record(account)


def _record(uow: UnitOfWork, action: str, of: Edition, key: UUID, fact: str) -> None:
    """Notes the change in the audit trail, without the name; its address is that of the edition."""
    row = {"id": key, "ref": of.ref, "version": 1, "country": None, "visibility": "restricted", "status": fact}
    link = EDITIONS.resource.link(of.id)
    record_change(uow, NAMING, action, before=None, after=row, fields=(), fact=fact, link=link)
