"""Reading the work list: one statement over the published views of the services and the pending transitions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.clients.tables import client
from shared.contracts import views
from shared.contracts.readers import steps, takers_of
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.countries import COUNTRIES
from shared.kernel.principal import Principal
from shared.records.access_scope import constant
from shared.records.next_steps import is_in_office, offices_of
from shared.records.pending import as_second_person, pending, proposed, waiting

_LATEST = literal(datetime(9999, 12, 31, tzinfo=UTC), DateTime(timezone=True))
KEYS: list[ColumnElement[Any]] = [
    literal(None, DateTime(timezone=True)),
    literal(None, Text),
    literal(None, Uuid),
    literal(None, Text),
]
"""The types of a position: the due time, the resource, the record and the verb."""


def offices(principal: Principal) -> list[str]:
    """The next steps that the principal's grants permit, in every service."""
    found = (
        offices_of(principal, takers_of(resource.partition(".")[0]), resource, verbs)
        for resource, verbs in steps().items()
    )
    return sorted(frozenset().union(*found))


async def page(
    connection: Connection,
    principal: Principal,
    *,
    service: str | None,
    kind: str | None,
    due_before: datetime | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Row]:
    """The next items, the earliest due first, and one more if there is a next page. Each has the `total` of all."""
    held = offices(principal)
    countries = {step.partition(" ")[2] for step in held}
    is_national = countries <= COUNTRIES.keys()
    statement = _PAGES.get(
        service is not None, kind is not None, due_before is not None, after is not None, is_national
    )
    return await statement.fetch(
        connection,
        offices=held,
        countries=sorted(countries),
        labels=list(principal.labels),
        service=service,
        kind=kind,
        due_before=due_before,
        limit=limit + 1,
        **{f"after_{n}": value for n, value in enumerate(after or ())},
        **as_second_person(principal),
        **SYSTEM_CONTEXT.parameters,
    )


def _statement(by_service: bool, by_kind: bool, by_due: bool, going_on: bool, is_national: bool) -> Select[Any]:
    mine = _mine(is_national).subquery("mine")
    conditions = []
    if by_service:
        conditions.append(func.split_part(mine.c.resource, ".", 1) == bindparam("service", type_=Text))
    if by_kind:
        conditions.append(func.split_part(mine.c.resource, ".", 2) == bindparam("kind", type_=Text))
    if by_due:
        conditions.append(mine.c.due < bindparam("due_before", type_=DateTime(timezone=True)))
    place = func.coalesce(mine.c.due, _LATEST).label("place")
    found = select(*mine.c, place, func.count().over().label("total")).where(*conditions).subquery("found")
    order = (found.c.place, found.c.resource, found.c.id, found.c.verb)
    query = select(found)
    if going_on:
        query = query.where(
            tuple_(*order) > tuple_(*(bindparam(f"after_{n}", type_=key.type) for n, key in enumerate(KEYS)))
        )
    return within_context(query.order_by(*order).limit(bindparam("limit")))


def _mine(is_national: bool) -> Any:
    """The steps that the caller takes, and the transitions of two persons that wait for them or that they proposed. The
    indexes of accounts and of countries find the steps: for the latter, all offices of the caller are national."""
    me, countries = (
        any_(bindparam(name, type_=ARRAY(kind))) for name, kind in (("pending_for", Uuid), ("countries", Text))
    )
    taken = []
    for view in (views.WORK_OF_MEMBERSHIP, views.WORK_OF_CENTRES, views.WORK_OF_ACTIONS):
        step = view.c.resource + literal(".") + view.c.verb
        taken_by = is_in_office(step, view.c.country, view.c.id)
        if view is views.WORK_OF_CENTRES:
            of_host = is_in_office(step, view.c.country, view.c.institution_id)
            taken_by = or_(taken_by, and_(of_host, view.c.entered_by == any_(bindparam("labels", type_=ARRAY(Text)))))
        found = select(*(view.c[name] for name in ("resource", "id", "ref", "country", "verb", "due")))
        of_office = found.where(view.c.account_id.is_(None), taken_by)
        taken += [
            found.where(view.c.account_id == me),
            of_office.where(view.c.country == countries) if is_national else of_office,
        ]
    confirmed = literal("access.clients.confirm", Text)
    proposals = select(
        literal("access.clients", Text),
        client.c.id,
        client.c.ref,
        client.c.country,
        literal("confirm", Text),
        null().cast(DateTime(timezone=True)),
    ).where(client.c.status == constant("proposed"), is_in_office(confirmed, client.c.country, client.c.id))
    verb = case((proposed(), literal("withdraw", Text)), else_=literal("confirm", Text))
    waits = select(
        pending.c.resource,
        pending.c.record_id,
        pending.c.record_ref,
        pending.c.country,
        verb,
        pending.c.expires_at,
    ).where(waiting())
    return union_all(*taken, proposals, waits)


_PAGES = Shapes(_statement)
