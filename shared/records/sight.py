"""What a principal may see and write of one resource: both walls are built from it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Text, and_, any_, bindparam, cast, false, literal_column, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.database.context import AccessContext, context_for
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import READ, READING, Principal, Reach, RoleTable
from shared.kernel.resource import Resource


class Variant(StrEnum):
    """The shapes of the first wall. In the sandbox it is that of the scoped, over fictional countries alone."""

    ANONYMOUS = "anonymous"
    SCOPED = "scoped"
    SANDBOX = "sandbox"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Sight:
    """How one principal sees one resource. `read` and `write` are reaches, `context` is for row-level security."""

    principal: Principal
    resource: Resource
    roles: RoleTable
    variant: Variant
    read: Reach
    write: Reach
    context: AccessContext
    parameters: dict[str, Any] = field(compare=False)

    def may(self, verb: str, country: str | None, record: UUID | str | None = None) -> bool:
        """Whether the principal's grants include this verb on a row of this country, or on this record."""
        return self.principal.reach(self.roles, self.resource.name, verb).covers(country, record)

    def sees_all_fields(self, country: str | None, record: UUID | str | None) -> bool:
        """Whether a row is seen whole; otherwise its public fields only."""
        return self.variant is Variant.EVERYWHERE or self.read.covers(country, record)

    def admitting(self, record: UUID) -> "Sight":
        """The same with one more record in sight: what somebody entered without a grant is answered to them whole."""
        if self.read.everywhere:
            return self
        records = self.read.records | {str(record)}
        context = replace(self.context, records=",".join(sorted(records)))
        reach = {"reach_countries": sorted(self.read.countries), "reach_records": sorted(records)}
        return replace(
            self,
            variant=Variant.SANDBOX if self.principal.sandbox else Variant.SCOPED,
            read=replace(self.read, records=records),
            context=context,
            parameters={**context.parameters, **reach},
        )


_SIGHTS: dict[tuple[int, str], Sight] = {}
_BOUND = 4096


def sight_of(principal: Principal, roles: RoleTable, resource: Resource) -> Sight:
    """The principal's sight of a resource, kept while the principal itself is kept (bounded)."""
    key = (id(principal), resource.name)
    found = _SIGHTS.get(key)
    if found is None or found.principal is not principal or found.roles is not roles:
        if len(_SIGHTS) >= _BOUND:
            _SIGHTS.clear()
        found = _SIGHTS[key] = _make(principal, roles, resource)
    return found


def _make(principal: Principal, roles: RoleTable, resource: Resource) -> Sight:
    read = principal.reach(roles, resource.name, READ)
    verbs = {verb for permissions in roles.values() for plural, verb in permissions if plural in (resource.plural, "*")}
    reaches = [principal.reach(roles, resource.name, verb) for verb in sorted(verbs - READING)]
    write = Reach(
        any(reach.everywhere for reach in reaches),
        frozenset().union(*(reach.countries for reach in reaches)),
        frozenset().union(*(reach.records for reach in reaches)),
    )
    variant = _variant(principal, read)
    context = context_for(principal, read, write)
    parameters: dict[str, Any] = dict(context.parameters)
    if variant in (Variant.SCOPED, Variant.SANDBOX):
        parameters |= {"reach_countries": sorted(read.countries), "reach_records": sorted(read.records)}
    return Sight(principal, resource, roles, variant, read, write, context, parameters)


def _variant(principal: Principal, read: Reach) -> Variant:
    if principal.sandbox:
        return Variant.SANDBOX
    if read.everywhere:
        return Variant.EVERYWHERE
    return Variant.SCOPED if principal.grants else Variant.ANONYMOUS


def constant(word: str) -> ColumnElement[str]:
    """A literal in the statement's text, so that the planner knows it. Only for the code's own words."""
    if not word.replace("_", "").replace("-", "").isalnum():
        raise ValueError("a constant is one of our own words")
    return literal_column(f"'{word}'", Text)


def visible(table: FromClause, variant: Variant, published: Collection[str]) -> ColumnElement[bool]:
    """The first wall as a condition. Published states are for everybody whom the row's visibility admits; the rest is
    for those whose grants cover the country or, where the rows have ids, the record. Parameters: `Sight.parameters`."""
    if variant is Variant.EVERYWHERE:
        return true()
    states = [constant(status) for status in sorted(published)]
    is_published = table.c.status.in_(states) if states else false()
    if variant is Variant.ANONYMOUS:
        return and_(table.c.visibility == constant("public"), is_published)
    open_to_all = table.c.visibility.in_([constant(v) for v in ("public", "network")])
    covered = [table.c.country == any_(bindparam("reach_countries", type_=ARRAY(Text)))]
    if "id" in table.c:
        covered.append(cast(table.c.id, Text) == any_(bindparam("reach_records", type_=ARRAY(Text))))
    known = or_(and_(open_to_all, is_published), *covered)
    if variant is not Variant.SANDBOX:
        return known
    places = table.c.country.in_([constant(code) for code in sorted(FICTIONAL_CODES)])
    return and_(known, or_(places, table.c.country.is_(None)))
