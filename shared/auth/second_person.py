"""The second person of a transition: who counts as one, and who may act without one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, all_, and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.auth.demonstration import acts_alone
from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.kernel.errors import Conflict, Forbidden, invalid_field
from shared.kernel.lifecycle import Fields, SecondPersonNeeded
from shared.kernel.principal import Principal, PrincipalKind

OFFICE = "secretariat_admin"
"""The role that a second person holds."""
_GRANTS, _CREDENTIALS = views.GRANTS, views.CREDENTIAL_CHANGES
_ADMINISTRATOR = Statement(
    select(_GRANTS.c.role)
    .where(
        _GRANTS.c.principal_kind == "account",
        _GRANTS.c.principal_id == bindparam("account"),
        _GRANTS.c.role == OFFICE,
    )
    .limit(1)
)
_firsts = bindparam("firsts", type_=ARRAY(Uuid))
_second = bindparam("second", type_=Uuid)
_SET_BY_THE_OTHER = Statement(
    select(_CREDENTIALS.c.by_id)
    .where(
        or_(
            and_(_CREDENTIALS.c.principal_id == _second, _CREDENTIALS.c.by_id == any_(_firsts)),
            and_(_CREDENTIALS.c.principal_id == any_(_firsts), _CREDENTIALS.c.by_id == _second),
        )
    )
    .limit(1)
)
SecondPersonFault: TypeAlias = Literal[
    "second_person_is_a_client",
    "second_person_is_the_first",
    "second_person_is_concerned",
    "another_second_person_named",
    "second_person_not_entitled",
    "credentials_set_recently",
]
"""Why somebody does not count as the second person of a pending transition."""
_PEOPLE = views.PRINCIPALS
_COULD_CONFIRM = Statement(
    select(_PEOPLE.c.id, _PEOPLE.c.name)
    .where(
        _PEOPLE.c.kind == "account",
        select(_GRANTS.c.id)
        .where(_GRANTS.c.principal_kind == "account", _GRANTS.c.principal_id == _PEOPLE.c.id, _GRANTS.c.role == OFFICE)
        .exists(),
        _PEOPLE.c.id != all_(_firsts),
        _PEOPLE.c.id != all_(bindparam("concerned", type_=ARRAY(Uuid))),
        or_(bindparam("named", type_=Uuid).is_(None), _PEOPLE.c.id == bindparam("named", type_=Uuid)),
        ~select(_CREDENTIALS.c.by_id)
        .where(
            or_(
                and_(_CREDENTIALS.c.principal_id == _PEOPLE.c.id, _CREDENTIALS.c.by_id == any_(_firsts)),
                and_(_CREDENTIALS.c.principal_id == any_(_firsts), _CREDENTIALS.c.by_id == _PEOPLE.c.id),
            )
        )
        .exists(),
    )
    .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
    .limit(20)
)


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Who proposed a transition. `ids` are those of the proposer and of a key's owner. `named` is the only account that
    may confirm, if the proposer chose one. `concerned` are the accounts that the transition is about."""

    ids: tuple[UUID, ...]
    named: UUID | None = None
    concerned: frozenset[UUID] = frozenset()


def named_in(fields: Fields) -> UUID | None:
    """The account that the transition's fields name as second person, in `second_person` or in that of a waiver.

    Raises Invalid if it is not an id.
    """
    waiver = fields.get("waiver")
    pointer, named = "/fields/second_person", fields.get("second_person")
    if named is None and isinstance(waiver, Mapping):
        pointer, named = "/fields/waiver/second_person", waiver.get("second_person")
    try:
        return None if named is None else UUID(str(named))
    except ValueError:
        raise invalid_field(pointer, "invalid_value", "The id of an account.") from None


async def require_second_person(connection: Connection, actor: Principal, status: str, fields: Fields) -> None:
    """Returns if the transition may take effect at once: for the demonstration's secretariat on a laptop, which names
    an administrator.

    Raises SecondPersonNeeded for every other principal, and Conflict if the named account cannot be the second person.
    """
    named = named_in(fields)
    if named is not None:
        fault = await second_person_fault(connection, actor, named)
        if fault is not None:
            members = {"current_state": status, "reason": fault, "allowed_actions": []}
            raise Conflict("This account cannot be the second person.", code="transition_not_allowed", members=members)
        if await acts_alone(connection, actor):
            return
    raise SecondPersonNeeded


async def second_person_fault(
    connection: Connection, actor: Principal, named: UUID
) -> Literal["second_person_is_the_first", "second_person_not_entitled"] | None:
    """Why the named account does not count as the second person, or None if it does."""
    if named in (actor.id, actor.owner):
        return "second_person_is_the_first"
    holds = await _ADMINISTRATOR.fetchval(connection, account=named)
    return None if holds else "second_person_not_entitled"


async def credentials_set_by_the_other(connection: Connection, firsts: tuple[UUID, ...], second: UUID) -> bool:
    """Whether, within 30 days, one of the two set the other's address or started their recovery, or issued the secret
    or keys of the proposing client. Then one person may control both."""
    return await _SET_BY_THE_OTHER.fetchval(connection, firsts=list(firsts), second=second) is not None


async def refuse_as_second_person(connection: Connection, second: Principal, first: FirstPerson) -> None:
    """Raises Forbidden with the reason if the caller does not count as the second person."""
    why = _why_not(second, first)
    if why is None and second.id and await credentials_set_by_the_other(connection, first.ids, second.id):
        why = "credentials_set_recently"
    if why is not None:
        raise Forbidden("You cannot be the second person of this transition.", members={"reason": why})


async def could_confirm(connection: Connection, first: FirstPerson) -> list[Row]:
    """The accounts that count as the second person now, at most 20, with their names: administrators, or the one who
    was named, who neither proposed the transition nor are concerned by it, and set no credentials of the other lately,
    nor the other theirs."""
    return await _COULD_CONFIRM.fetch(
        connection, firsts=list(first.ids), named=first.named, concerned=sorted(first.concerned)
    )


def _why_not(second: Principal, first: FirstPerson) -> SecondPersonFault | None:
    if second.kind is not PrincipalKind.ACCOUNT or second.id is None:
        return "second_person_is_a_client"
    if second.id in first.ids:
        return "second_person_is_the_first"
    if second.id in first.concerned:
        return "second_person_is_concerned"
    if first.named not in (None, second.id):
        return "another_second_person_named"
    if not any(grant.role == OFFICE for grant in second.grants):
        return "second_person_not_entitled"
    return None
