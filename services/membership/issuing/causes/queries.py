"""Reading what a support, participation or progress report gives certificates for, and storing which certificate a
support has."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, literal, null, select, true, update

from services.membership.events.participations.tables import participation
from services.membership.initiatives.initiatives.tables import initiative
from services.membership.initiatives.supports.tables import support
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant

_CAUSES: Mapping[str, Statement] = {
    "support": Statement(
        select(
            support.c.country,
            support.c.expert_id,
            support.c.institution_id,
            support.c.language,
            (support.c.status == literal("accepted")).label("holds"),
            initiative.c.certificate.label("is_certified"),
        )
        .join(initiative, initiative.c.id == support.c.initiative_id)
        .where(support.c.id == bindparam("cause"))
    ),
    "participation": Statement(
        select(
            participation.c.country,
            participation.c.expert_id,
            null().label("institution_id"),
            null().label("language"),
            (participation.c.status == literal("attended")).label("holds"),
            true().label("is_certified"),
        ).where(participation.c.id == bindparam("cause"))
    ),
}
_SET_CERTIFICATE = Statement(
    update(support).where(support.c.id == bindparam("key")).values(certificate_id=bindparam("certificate", type_=Uuid))
)


_report = views.REPORTS.c
_is_published = _report.status == constant("published")
_MOST_REPORTS = 5_000
_AUTHORS = Lookup(select(_report.expert_ids).where(_report.id == bindparam("report"), _is_published).limit(1))
_REPORTS_OF = Lookup(
    select(_report.id)
    .where(_is_published, bindparam("expert", type_=Uuid) == any_(_report.expert_ids))
    .order_by(_report.id)
    .limit(_MOST_REPORTS)
)


async def cause(connection: Connection, kind: str, key: UUID) -> Row | None:
    """The country of a record and the holder of a certificate about it; `holds`: what it certifies is true;
    `is_certified`: it is certified at all. None if there is no such record. Needs a context that may read every row."""
    return await _CAUSES[kind].fetchrow(connection, cause=key)


async def authors(connection: Connection, report: UUID) -> Sequence[UUID] | None:
    """The experts who contributed to a published report, regardless of the caller. None if there is no such report, or
    it is not published."""
    found: Sequence[UUID] | None = await _AUTHORS.fetchval(connection, report=report)
    return found


async def reports_of(connection: Connection, expert: UUID) -> list[UUID]:
    """The published reports to which an expert contributed, regardless of the caller; at most 5,000."""
    return [row["id"] for row in await _REPORTS_OF.fetch(connection, expert=expert)]


async def set_certificate(connection: Connection, support: UUID, certificate: UUID) -> None:
    """Stores the certificate of a support, whose version stays."""
    await _SET_CERTIFICATE.execute(connection, key=support, certificate=certificate)
