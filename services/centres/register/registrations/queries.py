"""Finding what rows name, and what refers to centres, regardless of the caller."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, column, literal_column, or_, select, union
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.designation.agreements.tables import agreement
from services.centres.designation.centres.record import Term
from services.centres.designation.centres.tables import centre, term
from services.centres.designation.reviewers.tables import reviewer
from services.centres.designation.reviews.tables import review
from services.centres.designation.tenures.tables import tenure
from services.centres.evaluation.evaluations.tables import evaluation
from services.centres.network.partnerships.tables import partnership
from services.centres.questions.messages.tables import message
from services.centres.register.profiles.tables import profile
from services.centres.reporting.annual_reports.record import AnnualReport
from services.centres.reporting.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import SCHEMA
from shared.records.references import CENTRES
from shared.records.rows import records_of

_MOST_NAMED, _MOST_USED = 10_000, 10_000
_named = any_(bindparam("named", type_=ARRAY(Text)))
_keys = any_(bindparam("keys", type_=ARRAY(Uuid)))
_identity = sql_table("core_import_identity", column("resource", Text), column("record", Uuid), schema=SCHEMA)
_i, _e = views.INSTITUTIONS.c, views.EXPERTS.c


def _lookup(query: Select[tuple[str, UUID]]) -> Lookup:
    return Lookup(query.limit(_MOST_NAMED))


_HOSTS = (
    _lookup(select(_i.ref.label("name"), _i.id).where(_i.ref == _named)),
    _lookup(select(_i.ror.label("name"), _i.id).where(_i.ror == _named, _i.merged_into.is_(None))),
)
_DIRECTORS = (
    _lookup(select(_e.ref.label("name"), _e.id).where(_e.ref == _named)),
    _lookup(
        select(views.ORCID_IDS.c.orcid.label("name"), views.ORCID_IDS.c.id).where(views.ORCID_IDS.c.orcid == _named)
    ),
)
_NUMBERED = Lookup(
    select(
        centre.c.registration_number,
        select(_identity.c.record)
        .where(_identity.c.resource == bindparam("resource"), _identity.c.record == centre.c.id)
        .exists()
        .label("is_imported"),
    )
    .where(centre.c.registration_number == _named)
    .limit(_MOST_NAMED)
)
_CHILDREN = (agreement, evaluation, message, partnership, profile, review, reviewer, tenure)
_r = annual_report.c
_used = union(
    *(select(child.c.centre_id.label("id")).where(child.c.centre_id == _keys) for child in _CHILDREN),
    select(partnership.c.partner_centre_id).where(partnership.c.partner_centre_id == _keys),
    select(centre.c.successor_id).where(centre.c.successor_id == _keys),
    select(_r.centre_id).where(_r.centre_id == _keys, or_(_r.term_id.is_(None), _r.version > literal_column("1"))),
    select(views.USES_OF_CENTRES.c.centre_id).where(views.USES_OF_CENTRES.c.centre_id == _keys),
).subquery()
_USED = Lookup(select(_used.c.id).limit(_MOST_USED))
_REPORTS, _TERMS = (
    Statement(select(child).where(child.c.centre_id == _keys).order_by(child.c.id).with_for_update())
    for child in (annual_report, term)
)


async def hosts_named(connection: Connection, names: Collection[str]) -> dict[str, UUID]:
    """Institutions by ref or ROR id."""
    return await _by_name(connection, _HOSTS, names)


async def directors_named(connection: Connection, names: Collection[str]) -> dict[str, UUID]:
    """Experts by ref or ORCID iD."""
    return await _by_name(connection, _DIRECTORS, names)


async def _by_name(connection: Connection, lookups: Sequence[Lookup], names: Collection[str]) -> dict[str, UUID]:
    rows: list[Row] = []
    for lookup in lookups:
        rows += await lookup.fetch(connection, named=list(names))
    return {row["name"]: row["id"] for row in rows}


async def taken(connection: Connection, numbers: Collection[str]) -> set[str]:
    """Those of the registration numbers that centres have which no import entered."""
    rows = await _NUMBERED.fetch(connection, named=list(numbers), resource=CENTRES.name)
    return {row["registration_number"] for row in rows if not row["is_imported"]}


async def in_use(connection: Connection, centres: Sequence[UUID]) -> set[UUID]:
    """Those of the centres to which more refers than the term and the reports that an import enters with them."""
    return {row["id"] for row in await _USED.fetch(connection, keys=list(centres))}


async def lock_reports(connection: Connection, centres: Sequence[UUID]) -> list[AnnualReport]:
    """The reports of these centres, locked."""
    return records_of(AnnualReport, await _REPORTS.fetch(connection, keys=list(centres)))


async def lock_terms(connection: Connection, centres: Sequence[UUID]) -> list[Term]:
    """The terms of these centres, locked."""
    return records_of(Term, await _TERMS.fetch(connection, keys=list(centres)))
