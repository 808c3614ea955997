"""What certificates of a kind can be issued about, by page."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Integer, Select, Table, Text, Uuid, any_, bindparam, extract, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.access import ROLES
from services.membership.certificates.certificates.domain import ACTIVE
from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.events.participations.tables import participation
from services.membership.initiatives.supports.tables import support
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.queries import LISTING
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.kernel.principal import Principal
from shared.records.access_scope import access_scope_for, constant
from shared.records.filters import Filter, ListRequest, countries, reference

Page: TypeAlias = Callable[[Connection, Principal, Mapping[str, Any], UUID | None, int], Awaitable[Sequence[UUID]]]
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Source:
    """The subjects of a kind of certificate: the filters that choose among them, and a page of their ids after one of
    them. `year`: they are of a year."""

    filters: Mapping[str, Filter]
    page: Page
    year: bool = False


async def _experts(
    connection: Connection, principal: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[UUID]:
    access = access_scope_for(principal, ROLES, EXPERTS.resource)
    chosen = {"status": ["active"], **filters}
    asked = ListRequest(chosen, "id", False, limit, None if after is None else (after,))
    return [row["id"] for row in (await LISTING.fetch(connection, access, asked))[:limit]]


_after, _limit = bindparam("after", type_=Uuid), bindparam("limit", type_=Integer)
_chosen = bindparam("countries", type_=ARRAY(Text))
_CENTRES = Lookup(
    select(views.CENTRES.c.id)
    .where(
        views.CENTRES.c.status.in_([constant(status) for status in sorted(ACTIVE)]),
        or_(_chosen.is_(None), views.CENTRES.c.country == any_(_chosen)),
        views.CENTRES.c.id > _after,
    )
    .order_by(views.CENTRES.c.id)
    .limit(_limit)
)


def _reviewers() -> Select[Any]:
    review = views.REVIEWS.c
    return (
        select(review.reviewer_id.label("id"))
        .distinct()
        .where(
            extract("year", review.created_at) == bindparam("year", type_=Integer),
            or_(_chosen.is_(None), review.country == any_(_chosen)),
            review.reviewer_id > _after,
        )
        .order_by(review.reviewer_id)
        .limit(_limit)
    )


def _records(table: Table, status: str, parent: str) -> Lookup:
    """Records in a state that is certified, of a country or below a parent, or all."""
    below = bindparam(parent, type_=Uuid)
    return Lookup(
        select(table.c.id)
        .where(
            table.c.status == constant(status),
            or_(_chosen.is_(None), table.c.country == any_(_chosen)),
            or_(below.is_(None), table.c[parent] == below),
            table.c.id > _after,
        )
        .order_by(table.c.id)
        .limit(_limit)
    )


_REVIEWERS = Lookup(_reviewers())


def _countries(principal: Principal, chosen: list[str] | None) -> list[str] | None:
    """The chosen countries in which the caller issues certificates; None for all. Records of others do not exist for
    the caller, so that no failure may name them."""
    scope = principal.permission_scope(ROLES, CERTIFICATES.resource.name, "create")
    if scope.everywhere:
        return chosen
    return sorted(scope.countries if chosen is None else scope.countries & set(chosen))


def _of_statement(statement: Lookup) -> Page:
    async def page(
        connection: Connection, principal: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        chosen = _countries(principal, filters.get("country"))
        values = {"countries": chosen, "after": after or _FIRST, "limit": limit}
        values |= {name: filters.get(name) for name in ("year", "initiative_id", "congress_id")}
        return [row["id"] for row in await statement.fetch(connection, **values)]

    return page


_BY_COUNTRY = {"country": countries(views.CENTRES.c.country)}
SOURCES: Mapping[str, Source] = {
    "membership": Source(LISTING.filters, _experts),
    "designation": Source(_BY_COUNTRY, _of_statement(_CENTRES)),
    "support": Source(
        _BY_COUNTRY | {"initiative_id": reference("initiative_id", support.c.initiative_id)},
        _of_statement(_records(support, "accepted", "initiative_id")),
    ),
    "participation": Source(
        _BY_COUNTRY | {"congress_id": reference("congress_id", participation.c.congress_id)},
        _of_statement(_records(participation, "attended", "congress_id")),
    ),
    "review": Source(_BY_COUNTRY, _of_statement(_REVIEWERS), year=True),
}
"""By kind of certificate."""
