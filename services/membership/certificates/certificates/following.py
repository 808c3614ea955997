"""Certificates of membership and designation follow the state of their holder, and all know whether its name changed.

Each function reads the holder as it is now, under a lock, so that late, early and repeated facts do no harm.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.certificates.certificates import domain, queries
from services.membership.certificates.certificates.holders import Holder, holder_of
from services.membership.certificates.certificates.operations import CERTIFICATES, issue, revoke
from services.membership.certificates.certificates.record import Certificate
from services.membership.register.claims.queries import merge_target
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.records.rows import with_columns

MEMBERSHIP, DESIGNATION = "membership", "designation"


async def follow_expert(uow: UnitOfWork, expert: UUID) -> bool:
    """Issues, suspends, reinstates or revokes the certificate of membership of an expert, or of the one into whom it
    was merged. Returns whether one was issued."""
    return await follow(uow, MEMBERSHIP, domain.EXPERT, await merge_target(uow.connection, expert))


async def follow_centre(uow: UnitOfWork, centre: UUID) -> bool:
    """The same for the designation of a centre."""
    return await follow(uow, DESIGNATION, domain.CENTRE, centre)


async def follow(uow: UnitOfWork, kind: str, named: str, key: UUID, language: str | None = None) -> bool:
    """The certificate of this kind about a holder follows the holder's state. The first one is in this language, by
    default the holder's. Returns whether one was issued."""
    await lock_names(uow.connection, f"certificate {key}")
    living = await queries.lock_about(uow.connection, kind, key)
    holder = await holder_of(uow.connection, named, key, living[-1].language if living else language)
    if holder is None or holder.status in domain.ENDED:
        await revoke(uow, living)
    elif holder.status == "expired":
        for before in living:
            await CERTIFICATES.apply_scheduled(uow, before, "expire", replace(before, suspended_by=None))
    elif holder.status == "suspended":
        await _suspend(uow, living)
    elif holder.status in domain.ACTIVE:
        living = await _reinstate(uow, living)
        if _is_due(holder, living):
            await _renew(uow, _new(kind, named, key), holder, living)
            return True
    return False


async def compare_names(uow: UnitOfWork, named: str, key: UUID) -> None:
    """Stores whether the certificates in force of a holder have another name than the holder today, and its country."""
    for one in await queries.lock_held(uow.connection, key):
        holder = await holder_of(uow.connection, named, key, one.language)
        if holder is None:
            continue
        differs = holder.name != one.holder_name
        if (differs, holder.country) != (one.name_differs, one.country):
            await queries.set_derived(uow.connection, one.id, differs=differs, country=holder.country)


def _is_due(holder: Holder, living: Sequence[Certificate]) -> bool:
    """Whether an active holder has no certificate to the end of the term. An officer who has suspended one decides."""
    is_open = holder.is_present and not holder.is_restricted and (holder.ends is None or holder.ends >= today())
    is_settled = any(one.status == "suspended" or _certifies(one, holder) for one in living)
    return is_open and not is_settled


def _certifies(one: Certificate, holder: Holder) -> bool:
    """Whether a certificate is about the present term, names and host."""
    is_of_today = holder.changed_at is None or one.created_at > holder.changed_at
    return is_of_today and one.valid_to == holder.ends


def _new(kind: str, named: str, key: UUID) -> Certificate:
    (subject,) = domain.KINDS[kind].subjects
    return CERTIFICATES.new({"kind": kind, named: key, "subject_resource": subject, "subject_id": key})


async def _renew(uow: UnitOfWork, new: Certificate, holder: Holder, living: Sequence[Certificate]) -> None:
    """Issues a certificate to the end of the term, which replaces those to another day."""
    for before in living:
        await CERTIFICATES.apply_scheduled(uow, before, "replace", replace(before, replaced_by=new.id))
    await issue(uow, with_columns(new, {"valid_to": holder.ends}), holder)


async def _suspend(uow: UnitOfWork, living: Sequence[Certificate]) -> None:
    for before in living:
        if before.status == "issued":
            await CERTIFICATES.apply_scheduled(uow, before, "suspend", replace(before, suspended_by=domain.HOLDER))


async def _reinstate(uow: UnitOfWork, living: Sequence[Certificate]) -> list[Certificate]:
    """The certificates in force, of which those that their holder's suspension suspended are issued again."""
    return [
        await CERTIFICATES.apply_scheduled(uow, one, "reinstate", replace(one, suspended_by=None))
        if one.suspended_by == domain.HOLDER
        else one
        for one in living
    ]
