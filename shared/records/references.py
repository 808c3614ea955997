"""References in a body to records of any service. A record that the caller may not know of counts as unknown."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import FromClause, Select, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.contracts.readers import roles_of
from shared.database.statements import Connection, Shapes
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid, no_such, unknown_reference
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, AccessScope, access_scope_for, constant, visible
from shared.records.record import Record

R = TypeVar("R", bound=Record)

EXPERTS = Resource("membership", "experts", "expert")
INSTITUTIONS = Resource("membership", "institutions", "institution")
COMMITTEES = Resource("centres", "committees", "committee")
CENTRES = Resource("centres", "centres", "centre")
NETWORKS = Resource("centres", "networks", "network")
ACTIONS = Resource("actions", "actions", "action")


def reading_access(principal: Principal, resource: Resource) -> AccessScope:
    """The principal's access for reading a resource of any service."""
    return access_scope_for(principal, roles_of(resource.service), resource)


def require_known(
    principal: Principal, record: R | None, resource: Resource, published: Collection[str], pointer: str
) -> R:
    """The record that the field at `pointer` references.

    Raises Invalid `unknown_reference` if it does not exist, or the principal may not know of it.
    """
    if record is None or not reading_access(principal, resource).knows(record, published):
        raise unknown_reference(pointer, f"{resource.title}")
    return record


class Nameable:
    """Records of one kind that bodies may reference. `published` are the states visible by visibility, `living` those
    that may be referenced at all (empty: any). Merged and erased records cannot be referenced."""

    def __init__(
        self, resource: Resource, source: FromClause, published: Collection[str], living: Collection[str] = ()
    ) -> None:
        self.resource = resource
        self._source = source
        self.published = published
        self._living = living
        self._shapes = Shapes(self._known)

    async def known(self, connection: Connection, principal: Principal, keys: Collection[UUID]) -> set[UUID]:
        """Those of the records that the principal may know of, within the connection's context."""
        access = reading_access(principal, self.resource)
        rows = await self._shapes.get(access.access_kind).fetch(connection, ids=list(set(keys)), **access.parameters)
        return {row["id"] for row in rows}

    async def require(self, uow: UnitOfWork, named: Mapping[str, UUID | None]) -> None:
        """Raises Invalid `unknown_reference` for each pointer whose record the actor may not know of, or that may not
        be referenced."""
        wanted = {pointer: key for pointer, key in named.items() if key is not None}
        if not wanted:
            return
        found = await self.known(uow.connection, uow.origin.actor, set(wanted.values()))
        detail = no_such(self.resource.title)
        errors = [
            FieldError("unknown_reference", detail, pointer=pointer)
            for pointer, key in wanted.items()
            if key not in found
        ]
        if errors:
            raise Invalid(detail, errors=errors)

    def _known(self, access_kind: AccessKind) -> Select[tuple[UUID]]:
        source = self._source
        query = select(source.c.id).where(source.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        for gone in ("merged_into", "erased_at"):
            if gone in source.c:
                query = query.where(source.c[gone].is_(None))
        if self._living:
            query = query.where(source.c.status.in_([constant(status) for status in sorted(self._living)]))
        return query.where(visible(source, access_kind, self.published))


NAMED_EXPERTS = Nameable(EXPERTS, views.EXPERTS, frozenset({"active", "grace"}))
NAMED_INSTITUTIONS = Nameable(
    INSTITUTIONS,
    views.INSTITUTIONS,
    frozenset({"verified", "inactive"}),
    ("submitted", "verified", "inactive"),
)
NAMED_COMMITTEES = Nameable(COMMITTEES, views.COMMITTEES, frozenset({"recognised"}))
NAMED_CENTRES = Nameable(CENTRES, views.CENTRES, frozenset({"active", "renewal_due", "renewal_review"}))
NAMED_NETWORKS = Nameable(NETWORKS, views.NETWORKS, frozenset({"active", "closed"}))
NAMED_ACTIONS = Nameable(
    ACTIONS,
    views.ACTIONS,
    frozenset({"planned", "in_progress", "finalising", "closed", "cancelled", "suspended"}),
)
