"""Who may hold a certificate: experts, institutions and centres, their names and countries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, and_, bindparam, extract, null, select, true

from services.membership.certificates.domain import CENTRE, EXPERT, INSTITUTION
from services.membership.experts.tables import expert
from services.membership.institutions.domain import MATCHED
from services.membership.institutions.tables import institution
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.errors import invalid_field
from shared.records.access_scope import AccessScope, constant
from shared.records.resource_type import require

_TITLES = {EXPERT: "expert", INSTITUTION: "institution", CENTRE: "centre"}


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a certificate as it is today. `is_present`: it is neither merged, erased nor withdrawn. `ends` is
    the last day of the term of an expert or centre."""

    name: str
    country: str
    status: str
    is_present: bool
    ends: date | None


def _found(source: Any, *columns: Any) -> Lookup:
    query: Select[Any] = select(source.c.country, source.c.status, *columns).where(source.c.id == bindparam("holder"))
    return Lookup(query.limit(1))


_centre = views.CENTRES.c
_FIND: Mapping[str, Lookup] = {
    EXPERT: _found(
        expert,
        expert.c.display_name,
        null().label("names"),
        expert.c.term_ends,
        and_(expert.c.merged_into.is_(None), expert.c.erased_at.is_(None)).label("is_present"),
    ),
    INSTITUTION: _found(
        institution,
        institution.c.display_name,
        institution.c.names,
        null().label("term_ends"),
        institution.c.status.in_([constant(status) for status in MATCHED]).label("is_present"),
    ),
    CENTRE: _found(
        views.CENTRES, null().label("display_name"), _centre.names, _centre.term_ends, true().label("is_present")
    ),
}
_REVIEWS = Lookup(
    select(views.REVIEWS.c.id)
    .where(
        views.REVIEWS.c.reviewer_id == bindparam("expert"),
        extract("year", views.REVIEWS.c.created_at) == bindparam("year", type_=Integer),
    )
    .limit(1)
)


async def require_holder(connection: Connection, access: AccessScope, kind: str, key: UUID, language: str) -> Holder:
    """The holder that a body names. Raises Invalid `unknown_reference` if there is none that the caller may read all
    of, Forbidden without the permission to issue it a certificate."""
    holder = await _holder(connection, kind, key, language)
    if holder is None or not holder.is_present or not access.sees_all_fields(holder.country, key):
        raise invalid_field(f"/holder/{kind}", "unknown_reference", f"There is no such {_TITLES[kind]}.")
    require(access, "create", holder.country, key)
    return holder


async def holder_of(connection: Connection, kind: str, key: UUID, language: str) -> Holder:
    """A holder that exists. Its name is in this language if it has one in it."""
    holder = await _holder(connection, kind, key, language)
    if holder is None:
        raise LookupError(f"no {kind} {key}")
    return holder


async def _holder(connection: Connection, kind: str, key: UUID, language: str) -> Holder | None:
    row = await _FIND[kind].fetchrow(connection, holder=key)
    if row is None:
        return None
    return Holder(_name(kind, row, language), row["country"], row["status"], row["is_present"], row["term_ends"])


def _name(kind: str, row: Row, language: str) -> str:
    if kind == EXPERT:
        return str(row["display_name"])
    if kind == INSTITUTION:
        own = (name for name in row["names"] if name.get("language") == language and "acronym" not in name["types"])
        return str(next((name["value"] for name in own), row["display_name"]))
    names: Mapping[str, str] = row["names"]
    return names.get(language) or names.get("en") or next(iter(names.values()))


async def has_reviewed(connection: Connection, expert: UUID, year: int) -> bool:
    """Whether an expert has entered a review of a centre in this year, by UTC."""
    return await _REVIEWS.fetchval(connection, expert=expert, year=year) is not None
