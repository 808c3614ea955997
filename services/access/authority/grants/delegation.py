"""Delegating one's own role for a time, and handing it over to a successor."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from services.access.access import NEVER_DELEGATED, SuccessorFault, WantedGrant, why_not_grant, within
from services.access.authority.grants import queries
from services.access.authority.grants.authority import wanted_by
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.rows import record_of
from shared.records.store import lock_record

LONGEST_OVERLAP = timedelta(days=60)


async def check_delegation(uow: UnitOfWork, principal: Principal, new: Grant, delegated_from: UUID) -> None:
    """Checks that the principal may delegate the grant `delegated_from` in this way.

    The source is an active grant of their own, not delegated, of a role that may be delegated. The new grant has the
    same role, is within its scope, is for an account, and ends no later. It may not go to the account that granted the
    source or caused it by a record; who caused it may not delegate it at all. Raises Invalid, Forbidden.
    """
    wanted = wanted_by(new)
    if wanted.is_for(principal):
        raise Forbidden("You cannot hand a role over to yourself.", members={"reason": "own_grant"})
    row = await lock_record(uow, grant, delegated_from)
    source = record_of(Grant, row) if row else None
    if source is None or not is_holder(principal, source):
        raise invalid_field("/delegated_from", "unknown_reference", "You have no such grant.")
    if (why := why_not_delegable(source)) is not None:
        raise Forbidden("This grant cannot be delegated.", members={"reason": why})
    if source.caused_by == principal.label:
        raise Forbidden("You caused this role yourself.", members={"reason": "follows_own_act"})
    if f"{wanted.holder_kind}:{wanted.holder_id}" in (source.created_by, source.caused_by):
        raise Forbidden("A role is not handed over to the person who granted it.", members={"reason": "own_grant"})
    if new.role != source.role:
        raise invalid_field("/role", "not_one_of", "A delegated grant is of the same role.")
    if not within(new.scope_kind, new.scope_id, source.scope_kind, source.scope_id):
        raise Forbidden("You cannot delegate beyond your own scope.", members={"reason": "beyond_own_scope"})
    if new.principal_kind != "account":
        raise invalid_field("/principal/kind", "not_one_of", "Roles are delegated to accounts.")
    if new.ends is None or (source.ends is not None and new.ends > source.ends):
        raise invalid_field("/to", "out_of_range", "A delegated grant ends, and not after the one that it comes from.")


def is_holder(principal: Principal, record: Grant) -> bool:
    """Whether the principal, as a person, holds the grant."""
    return principal.kind is PrincipalKind.ACCOUNT and wanted_by(record).is_for(principal)


async def successor(uow: UnitOfWork, before: Grant, fields: Fields) -> WantedGrant:
    """The successor of a grant that is handed over: the same role over the same scope, for `principal`.

    Raises Invalid if `principal` is not another active account or client.
    """
    named = fields.get("principal")
    kind, raw = (named.get("kind"), named.get("id")) if isinstance(named, dict) else (None, None)
    try:
        identity = UUID(str(raw))
    except ValueError:
        identity = None
    if kind != before.principal_kind or identity is None or identity == before.principal_id:
        raise invalid_field("/fields/principal", "unknown_reference", "Another account or client of the same kind.")
    if not await queries.is_nameable(uow.connection, uow.origin.actor, before.principal_kind, identity):
        raise unknown_reference("/fields/principal", "account or client in use")
    return replace(wanted_by(before), holder_id=identity)


async def why_not_successor(
    uow: UnitOfWork, principal: Principal, before: Grant, wanted: WantedGrant
) -> SuccessorFault | None:
    """Why the principal may not name this successor for a grant, or None.

    The successor is not the actor, and not who granted the role. Whoever may grant the role names any other; its holder
    none whose credentials they have set.
    """
    holder = f"{wanted.holder_kind}:{wanted.holder_id}"
    if wanted.is_for(principal) or (is_holder(principal, before) and holder == before.created_by):
        return "own_grant"
    fault = why_not_grant(principal, wanted, "hand_over")
    if fault is None or not is_holder(principal, before):
        return fault
    await uow.allow_record(wanted.holder_id)
    has_set = await queries.has_set_credentials(uow.connection, principal, wanted.holder_id)
    return "credentials_set_by_you" if has_set else None


def last_day(before: Grant, fields: Fields) -> date:
    """The last day of the predecessor. Raises Invalid for more than 60 days from today, or after its own end."""
    try:
        day = date.fromisoformat(str(fields.get("to")))
    except ValueError:
        raise invalid_field("/fields/to", "invalid_date", "A date is YYYY-MM-DD.") from None
    latest = min(today() + LONGEST_OVERLAP, before.ends or date.max)
    if not today() <= day <= latest:
        raise invalid_field("/fields/to", "out_of_range", "From today on, at most 60 days, and not after its end.")
    return day


def why_not_delegable(source: Grant) -> Literal["not_further", "role_not_delegated", "grant_not_living"] | None:
    """Why nobody may delegate this grant, or None."""
    if source.delegated_from is not None:
        return "not_further"
    if source.role in NEVER_DELEGATED:
        return "role_not_delegated"
    living = source.status == "active" and source.starts <= today() <= (source.ends or date.max)
    return None if living else "grant_not_living"
