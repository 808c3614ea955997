"""Who may hold a certificate: experts, institutions and centres, their names and countries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, any_, bindparam, extract, false, func, null, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from services.membership.certificates.certificates.domain import CENTRE, CONTRIBUTIONS, EXPERT, INSTITUTION, REPORTS
from services.membership.register.claims.domain import language_of
from services.membership.register.experts.tables import expert
from services.membership.register.institutions.domain import MATCHED
from services.membership.register.institutions.tables import institution
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.errors import invalid_field, unknown_reference
from shared.kernel.text import LANGUAGES
from shared.records.access_scope import AccessScope, constant
from shared.records.requirements import require

_TITLES = {EXPERT: "expert", INSTITUTION: "institution", CENTRE: "centre"}


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a certificate as it is today, under its name in a language. `is_present`: it is neither merged,
    erased nor withdrawn; `is_restricted`: its processing is restricted. `ends` is the last day of the term of an expert
    or centre, of the next one if there is one already. Certificates from before `changed_at` are replaced."""

    name: str
    language: str
    country: str
    status: str
    is_present: bool
    is_restricted: bool
    ends: date | None
    changed_at: datetime | None = None


def _found(source: Any, **columns: Any) -> Lookup:
    query = select(source.c.country, source.c.status, *(column.label(name) for name, column in columns.items()))
    return Lookup(query.where(source.c.id == bindparam("holder")).limit(1))


_centre = views.CENTRES.c
_of_account = select(views.ACCOUNTS.c.language).where(views.ACCOUNTS.c.id == expert.c.account_id).scalar_subquery()
_FIND: Mapping[str, Lookup] = {
    EXPERT: _found(
        expert,
        name=expert.c.display_name,
        account_language=_of_account,
        languages=expert.c.languages,
        is_present=and_(expert.c.merged_into.is_(None), expert.c.erased_at.is_(None)),
        is_restricted=expert.c.restricted_at.is_not(None),
        ends=func.coalesce(expert.c.next_term_ends, expert.c.term_ends),
    ),
    INSTITUTION: _found(
        institution,
        name=institution.c.display_name,
        names=institution.c.names,
        is_present=institution.c.status.in_([constant(status) for status in MATCHED]),
        is_restricted=false(),
        ends=null(),
    ),
    CENTRE: _found(
        views.CENTRES,
        names=_centre.names,
        is_present=true(),
        is_restricted=false(),
        ends=_centre.term_ends,
        changed_at=_centre.changed_at,
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


def _of_holder(view: Any, is_held: ColumnElement[bool]) -> Lookup:
    return Lookup(select(view.c.id).where(view.c.id == bindparam("subject"), is_held).limit(1))


_holder = bindparam("holder", type_=Uuid)
_SUBJECTS: Mapping[str | None, Lookup] = {
    "membership.supports": _of_holder(
        views.SUPPORTS, or_(*(views.SUPPORTS.c[name] == _holder for name in (EXPERT, INSTITUTION)))
    ),
    "membership.participations": _of_holder(views.PARTICIPATIONS, views.PARTICIPATIONS.c.expert_id == _holder),
    REPORTS: _of_holder(views.REPORTS, _holder == any_(views.REPORTS.c.expert_ids)),
    CONTRIBUTIONS: _of_holder(
        views.CONTRIBUTIONS,
        and_(_holder == any_(views.CONTRIBUTIONS.c.expert_ids), views.CONTRIBUTIONS.c.status == constant("published")),
    ),
}
"""The records that certificates are about, of their holders."""


async def require_holder(
    connection: Connection, access: AccessScope, kind: str, key: UUID, language: str | None
) -> Holder:
    """The holder that a body names. Raises Invalid `unknown_reference` if there is none that the caller may read all
    of, Forbidden without the permission to issue it a certificate."""
    holder = await holder_of(connection, kind, key, language)
    if holder is None or not holder.is_present or not access.sees_all_fields(holder.country, key):
        raise unknown_reference(f"/holder/{kind}", _TITLES[kind])
    require(access, "create", holder.country, key)
    return holder


async def holder_of(connection: Connection, kind: str, key: UUID, language: str | None = None) -> Holder | None:
    """A holder under its name in this language if it has one in it; without a language, in its own."""
    row = await _FIND[kind].fetchrow(connection, holder=key)
    if row is None:
        return None
    language = language or _language(kind, row)
    return Holder(
        _name(kind, row, language),
        language,
        row["country"],
        row["status"],
        row["is_present"],
        row["is_restricted"],
        row["ends"],
        row.get("changed_at"),
    )


def _language(kind: str, row: Row) -> str:
    """The language of a person's mails, or the first one of the system in which a centre has a name."""
    if kind == EXPERT:
        return str(row["account_language"] or language_of(row["languages"]))
    return next((tag for tag in LANGUAGES if kind == CENTRE and tag in row["names"]), LANGUAGES[0])


def _name(kind: str, row: Row, language: str) -> str:
    if kind == EXPERT:
        return str(row["name"])
    if kind == INSTITUTION:
        own = (name for name in row["names"] if name.get("language") == language and "acronym" not in name["types"])
        return str(next((name["value"] for name in own), row["name"]))
    names: Mapping[str, str] = row["names"]
    return names.get(language) or names.get("en") or next(iter(names.values()))


async def require_subject(connection: Connection, resource: str | None, subject: UUID | None, holder: UUID) -> None:
    """Raises Invalid `unknown_reference` if the holder has no such support or participation, or has not contributed to
    such a report or published contribution. Records of other resources are not checked."""
    find = _SUBJECTS.get(resource)
    if find is not None and await find.fetchval(connection, subject=subject, holder=holder) is None:
        raise invalid_field("/subject/id", "unknown_reference", "The holder has no such record.")


async def has_reviewed(connection: Connection, expert: UUID, year: int) -> bool:
    """Whether an expert has entered a review of a centre in this year, by UTC."""
    return await _REVIEWS.fetchval(connection, expert=expert, year=year) is not None
