"""Reading the work list: one statement over the published views of the services and the pending transitions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Text, Uuid, any_, bindparam, case, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.access import SERVICES
from services.access.authority.grants.queries import confirmation_parameters, waits_for_caller
from services.access.authority.grants.tables import grant
from services.access.principals.clients.tables import client
from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, PlannedOnce, Row, Shapes
from shared.kernel.principal import Principal
from shared.records.access_scope import constant
from shared.records.next_steps import is_in_office
from shared.records.pending import pending, proposed, waiting
from shared.records.work_list import Reach, earliest_first, offices_in, places_of, taken_from


async def page(
    connection: Connection,
    principal: Principal,
    *,
    limit: int,
    service: str | None = None,
    kind: str | None = None,
    due_before: datetime | None = None,
    after: Sequence[Any] | None = None,
    records: Sequence[UUID] | None = None,
) -> list[Row]:
    """The next items, the earliest due first, and one more if there is a next page. Each has the `total` of all. Only
    those of `records`, if they are given."""
    held = offices_in(principal, *SERVICES)
    places = places_of(held)
    asked = (service is not None, kind is not None, due_before is not None, after is not None)
    statement = _PAGES.get(*asked, places.reach, records is not None)
    return await statement.fetch(
        connection,
        offices=held,
        service=service,
        kind=kind,
        due_before=due_before,
        limit=limit + 1,
        only=records,
        **{f"after_{n}": value for n, value in enumerate(after or ())},
        **places.parameters,
        **confirmation_parameters(principal),
        **SYSTEM_CONTEXT.parameters,
    )


def _statement(
    by_service: bool, by_kind: bool, by_due: bool, going_on: bool, reach: Reach, by_record: bool
) -> Select[Any]:
    mine = _mine(reach).subquery("mine")
    if by_record:
        of_record = mine.c.id == any_(bindparam("only", type_=ARRAY(Uuid)))
        mine = select(mine).where(of_record).subquery("of_records")
    if by_service:
        of_service = func.split_part(mine.c.resource, ".", 1) == bindparam("service", type_=Text)
        mine = select(mine).where(of_service).subquery("of_service")
    total = func.count().over().label("total")
    return within_context(earliest_first(mine, total, by_kind=by_kind, by_due=by_due, going_on=going_on))


def _mine(reach: Reach) -> Any:
    """The steps that the caller takes, the grants that they may confirm, and the transitions of two persons that wait
    for them or that they proposed. The indexes of accounts, countries and records find the steps."""
    names = ("resource", "id", "ref", "country", "verb", "due")
    views_of_work = (views.WORK_OF_MEMBERSHIP, views.WORK_OF_CENTRES, views.WORK_OF_ACTIONS)
    taken = [part for view in views_of_work for part in taken_from(view, names, reach)]
    confirmed = literal("access.clients.confirm", Text)
    proposals = select(
        literal("access.clients", Text),
        client.c.id,
        client.c.ref,
        client.c.country,
        literal("confirm", Text),
        null().cast(DateTime(timezone=True)),
    ).where(client.c.status == constant("proposed"), is_in_office(confirmed, client.c.country, client.c.id))
    roles = select(
        literal("access.grants", Text),
        grant.c.id,
        grant.c.ref,
        grant.c.country,
        literal("confirm", Text),
        null().cast(DateTime(timezone=True)),
    ).where(waits_for_caller())
    verb = case((proposed(), literal("withdraw", Text)), else_=literal("confirm", Text))
    waits = select(
        pending.c.resource,
        pending.c.record_id,
        pending.c.record_ref,
        pending.c.country,
        verb,
        pending.c.expires_at,
    ).where(waiting())
    return union_all(*taken, proposals, roles, waits)


_PAGES = Shapes(_statement, kind=PlannedOnce)
