"""What a principal may read and write of one resource, for the application filter and row-level security."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Text, and_, any_, bindparam, cast, false, literal_column, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.database.context import SYSTEM_CONTEXT, AccessContext, context_for
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import (
    READ,
    READING,
    PermissionScope,
    Principal,
    PrincipalKind,
    RoleTable,
    ScopeKey,
    Visibility,
)
from shared.kernel.resource import Resource
from shared.records.record import Record


class AccessKind(StrEnum):
    """The forms of the application filter. COVERED: public records and those that the grants cover. SCOPED: also those
    of visibility `network`. SANDBOX: one of these two, over fictional countries only."""

    ANONYMOUS = "anonymous"
    COVERED = "covered"
    SCOPED = "scoped"
    SANDBOX = "sandbox"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class AccessScope:
    """The access of one principal to one resource. `read` and `write` are permission scopes, `context` is for row-level
    security."""

    principal: Principal
    resource: Resource
    roles: RoleTable
    access_kind: AccessKind
    read: PermissionScope
    write: PermissionScope
    context: AccessContext
    parameters: dict[str, Any] = field(compare=False)

    def may(self, verb: str, country: str | None, record: ScopeKey | None = None) -> bool:
        """Whether the principal's grants include this verb on a row of this country, or on this record."""
        return self.principal.permission_scope(self.roles, self.resource.name, verb).covers(country, record)

    def may_somewhere(self, verb: str) -> bool:
        """Whether the principal's grants include this verb on any row."""
        return bool(self.principal.permission_scope(self.roles, self.resource.name, verb))

    @property
    def is_person_without_office(self) -> bool:
        """Whether the principal is a person whose grants are at most over single records."""
        has_office = self.read.everywhere or self.write.everywhere or bool(self.write.countries)
        return self.principal.kind is PrincipalKind.ACCOUNT and not has_office

    @property
    def in_network(self) -> bool:
        """Whether the principal sees records and fields of visibility `network`."""
        return self.access_kind is AccessKind.EVERYWHERE or self.principal.in_network(self.resource.name)

    @property
    def open_visibilities(self) -> tuple[Visibility, ...]:
        """The visibilities of published records and fields that the principal sees without a grant that covers them."""
        return ("public", "network") if self.in_network else ("public",)

    def knows(self, record: Record, published: Collection[str]) -> bool:
        """Whether the principal may know of a record."""
        return self._knows(record.id, record.country, record.status, record.visibility, published)

    def knows_row(self, row: Mapping[str, Any], published: Collection[str]) -> bool:
        """Whether the principal may know of a row with `id`, `country`, `status` and `visibility`."""
        return self._knows(row["id"], row["country"], row["status"], row["visibility"], published)

    def _knows(self, key: UUID, country: str, status: str, visibility: str, published: Collection[str]) -> bool:
        if self.sees_all_fields(country, key):
            return True
        return status in published and visibility in self.open_visibilities

    def sees_all_fields(self, country: str | None, record: ScopeKey | None) -> bool:
        """Whether the principal sees all fields of a row, or the public ones only."""
        return self.access_kind is AccessKind.EVERYWHERE or self.read.covers(country, record)

    def including_record(self, record: UUID) -> "AccessScope":
        """The same scope with one more record, so that a caller who created it without a grant gets a complete
        response."""
        if self.read.everywhere:
            return self
        records = self.read.records | {str(record)}
        context = replace(self.context, records=",".join(sorted(records)))
        read = replace(self.read, records=records)
        access_kind = AccessKind.COVERED if self.access_kind is AccessKind.ANONYMOUS else self.access_kind
        parameters = {**context.parameters, **_covering(read, self.open_visibilities)}
        return replace(self, access_kind=access_kind, read=read, context=context, parameters=parameters)

    def reading_everything(self) -> "AccessScope":
        """The same scope that reads every row, for numbers that are the same for every caller."""
        parameters = dict(SYSTEM_CONTEXT.parameters)
        return replace(self, access_kind=AccessKind.EVERYWHERE, context=SYSTEM_CONTEXT, parameters=parameters)

    def including_internal(self) -> "AccessScope":
        """The same scope with internal rows."""
        context = self.context.with_internal
        return replace(self, context=context, parameters={**self.parameters, **context.parameters})


def by_grant_alone(_access: AccessScope) -> bool:
    """No caller creates a record of their own without a grant."""
    return False


def by_person(access: AccessScope) -> bool:
    """Whether the caller is a person, who creates records of their own."""
    return access.principal.kind is PrincipalKind.ACCOUNT


def by_all_but_keys(access: AccessScope) -> bool:
    """Whether the caller is a person or a client."""
    return access.principal.kind in (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT)


def by_applicant(access: AccessScope) -> bool:
    """Whether the caller is a person without an office, who applies."""
    return access.is_person_without_office


_SCOPES: dict[tuple[int, str], AccessScope] = {}
_BOUND = 4096


def access_scope_for(principal: Principal, roles: RoleTable, resource: Resource) -> AccessScope:
    """The principal's access scope for a resource, cached as long as the principal itself (bounded)."""
    key = (id(principal), resource.name)
    found = _SCOPES.get(key)
    if found is None or found.principal is not principal or found.roles is not roles:
        if len(_SCOPES) >= _BOUND:
            _SCOPES.clear()
        found = _SCOPES[key] = _make(principal, roles, resource)
    return found


def _make(principal: Principal, roles: RoleTable, resource: Resource) -> AccessScope:
    read = principal.permission_scope(roles, resource.name, READ)
    verbs = {verb for permissions in roles.values() for plural, verb in permissions if plural in (resource.plural, "*")}
    scopes = [principal.permission_scope(roles, resource.name, verb) for verb in sorted(verbs - READING)]
    write = PermissionScope(
        any(scope.everywhere for scope in scopes),
        frozenset().union(*(scope.countries for scope in scopes)),
        frozenset().union(*(scope.records for scope in scopes)),
    )
    in_network = principal.in_network(resource.name)
    # A client with write permission only gets back what it wrote: row-level security must read it to return it.
    writes_countries = write.everywhere or bool(write.countries)
    context = context_for(principal, read, write, in_network=in_network or writes_countries)
    access_kind = _access_kind(principal, read, in_network)
    found = AccessScope(principal, resource, roles, access_kind, read, write, context, context.parameters)
    if access_kind in (AccessKind.ANONYMOUS, AccessKind.EVERYWHERE):
        return found
    return replace(found, parameters={**context.parameters, **_covering(read, found.open_visibilities)})


def _covering(read: PermissionScope, visibilities: Collection[str]) -> dict[str, list[str]]:
    return {
        "granted_countries": sorted(read.countries),
        "granted_records": sorted(read.records),
        "open_visibilities": list(visibilities),
    }


def _access_kind(principal: Principal, read: PermissionScope, in_network: bool) -> AccessKind:
    if principal.sandbox:
        return AccessKind.SANDBOX
    if read.everywhere:
        return AccessKind.EVERYWHERE
    if in_network:
        return AccessKind.SCOPED
    return AccessKind.COVERED if read else AccessKind.ANONYMOUS


def constant(word: str) -> ColumnElement[str]:
    """A literal in the statement's text, so that the planner knows it. Only for the code's own words."""
    if not word.replace("_", "").replace("-", "").isalnum():
        raise ValueError("a constant is one of our own words")
    return literal_column(f"'{word}'", Text)


def covered(country: ColumnElement[Any], key: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """Rows that the caller's grants cover: those of their countries and, if the rows have an id, their records."""
    of_countries = country == any_(bindparam("granted_countries", type_=ARRAY(Text)))
    if key is None:
        return of_countries
    return or_(of_countries, cast(key, Text) == any_(bindparam("granted_records", type_=ARRAY(Text))))


def _in_state(table: FromClause, published: Collection[str]) -> ColumnElement[bool]:
    states = [constant(status) for status in sorted(published)]
    return table.c.status.in_(states) if states else false()


def visible(table: FromClause, access_kind: AccessKind, published: Collection[str] | None) -> ColumnElement[bool]:
    """The application filter as a condition. Published states are visible by the row's visibility; other states only to
    grants that cover the country or, if the rows have ids, the record. `None`: every row is published.

    Parameters: `AccessScope.parameters`.
    """
    if access_kind is AccessKind.EVERYWHERE:
        return true()
    is_published = true() if published is None else _in_state(table, published)
    is_public = table.c.visibility == constant("public")
    if access_kind is AccessKind.ANONYMOUS:
        return and_(is_public, is_published)
    is_open = {
        AccessKind.COVERED: is_public,
        AccessKind.SCOPED: table.c.visibility.in_([constant(v) for v in ("public", "network")]),
        AccessKind.SANDBOX: table.c.visibility == any_(bindparam("open_visibilities", type_=ARRAY(Text))),
    }[access_kind]
    known = or_(and_(is_open, is_published), covered(table.c.country, table.c.get("id")))
    if access_kind is not AccessKind.SANDBOX:
        return known
    places = table.c.country.in_([constant(code) for code in sorted(FICTIONAL_CODES)])
    return and_(known, or_(places, table.c.country.is_(None)))
