"""Reading what rows of actions and milestones name, what refers to them, and the lists of exports."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import FromClause, Select, Table, Text, Uuid, any_, bindparam, cast, func, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.coordination.tasks.tables import task
from services.actions.exchange.result_sheets.domain import ByName
from services.actions.measurement.results.tables import result
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.queries import LISTING as ACTIONS
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones.queries import LISTING as MILESTONES
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.assessments.tables import assessment
from services.actions.support.support_requests.tables import support_request
from shared.contracts.views import INSTITUTIONS
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import constant
from shared.records.listing import Extras, Listing
from shared.records.references import reading_access

_MOST = 10_000
_AT_ONCE = 5_000
"""Names of institutions in one lookup."""
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_NAMES = any_(bindparam("names", type_=ARRAY(Text)))


class Owner(NamedTuple):
    """The programme of an action, or the action of a milestone."""

    id: UUID
    country: str
    visibility: str
    status: str

    @property
    def has_ended(self) -> bool:
        """Whether nothing is added any more."""
        return self.status in programmes.ENDED | actions.ENDED


_i = INSTITUTIONS.c
_INSTITUTIONS = tuple(
    Lookup(query.limit(_MOST))
    for query in (
        select(cast(_i.id, Text).label("name"), _i.id).where(_i.id == _IDS),
        select(_i.ref.label("name"), _i.id).where(_i.ref == _NAMES),
        select(_i.ror.label("name"), _i.id).where(_i.ror == _NAMES, _i.merged_into.is_(None)),
    )
)


def _owners(table: Table) -> Statement:
    columns = (table.c[name] for name in ("ref", "id", "country", "visibility", "status"))
    return Statement(select(*columns).where(or_(table.c.ref == _NAMES, table.c.id == _IDS)))


_PROGRAMMES, _ACTIONS = _owners(programme), _owners(action)


def _with_owner(listing: Listing, name: str, owner: FromClause, link: ColumnElement[Any]) -> Listing:
    """The list with the ref of the record that each one belongs to."""
    of = select(owner.c.ref).where(owner.c.id == link).scalar_subquery()
    pair = func.jsonb_build_object(constant(name), of)
    return replace(listing, extras=Extras({"named": cast(pair, Text).label("named")}))


ACTIONS_EXPORTED = _with_owner(ACTIONS, "programme", programme, action.c.programme_id)
MILESTONES_EXPORTED = _with_owner(MILESTONES, "action", action.alias("of"), milestone.c.action_id)


def _used(*links: ColumnElement[Any]) -> Lookup:
    """The records of these ids to which one of the columns refers."""
    found: list[Select[Any]] = [select(link.label("id")).where(link == _IDS) for link in links]
    return Lookup(select(union(*found).subquery("used").c.id).limit(_MOST))


_USED_ACTIONS = _used(
    *(table.c.action_id for table in (milestone, result, target, support_request)),
    assessment.c.subject_id,
    task.c.about_record,
)
_USED_MILESTONES = _used(assessment.c.subject_id, task.c.about_record)


async def programmes_named(connection: Connection, principal: Principal, names: Collection[str]) -> ByName[Owner]:
    """The programmes of these refs or ids that the caller may know of."""
    return await _named(connection, _PROGRAMMES, principal, Programme.resource_type, programmes.PUBLISHED, names)


async def actions_named(connection: Connection, principal: Principal, names: Collection[str]) -> ByName[Owner]:
    """The actions of these refs or ids that the caller may know of."""
    return await _named(connection, _ACTIONS, principal, Action.resource_type, actions.PUBLISHED, names)


async def _named(
    connection: Connection,
    statement: Statement,
    principal: Principal,
    resource: Resource,
    published: Collection[str],
    names: Collection[str],
) -> ByName[Owner]:
    if not names:
        return ByName(())
    access = reading_access(principal, resource)
    rows = await statement.fetch(connection, names=list(names), ids=_ids(names))
    return ByName(
        (row["ref"], row["id"], Owner(*(row[name] for name in Owner._fields)))
        for row in rows
        if access.knows_row(row, published)
    )


async def institutions_named(connection: Connection, names: Collection[str]) -> dict[str, UUID]:
    """Institutions by id, ref or ROR id, regardless of the caller."""
    found: dict[str, UUID] = {}
    every = sorted(names)
    for first in range(0, len(every), _AT_ONCE):
        some = every[first : first + _AT_ONCE]
        parameters = {"names": some, "ids": _ids(some)}
        for lookup, takes in zip(_INSTITUTIONS, ("ids", "names", "names"), strict=True):
            rows = await lookup.fetch(connection, **{takes: parameters[takes]})
            found |= {row["name"]: row["id"] for row in rows}
    return found


def _ids(names: Collection[str]) -> list[UUID]:
    found = []
    for name in names:
        with suppress(ValueError):
            found.append(UUID(name))
    return found


async def used_actions(connection: Connection, keys: Sequence[UUID]) -> set[UUID]:
    """Those of the actions to which other records refer."""
    return {row["id"] for row in await _USED_ACTIONS.fetch(connection, ids=list(keys))}


async def used_milestones(connection: Connection, keys: Sequence[UUID]) -> set[UUID]:
    """Those of the milestones to which other records refer."""
    return {row["id"] for row in await _USED_MILESTONES.fetch(connection, ids=list(keys))}
