"""Reading what a support, a participation, a progress report or a contribution gives certificates for, and storing
which certificate a support has."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, literal, null, select, true, update

from services.membership.certificates.certificates.domain import CONTRIBUTIONS, REPORTS
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


_WRITTEN = {REPORTS: views.REPORTS.c, CONTRIBUTIONS: views.CONTRIBUTIONS.c}
_MOST_WRITTEN = 5_000
_AUTHORS = {
    resource: Lookup(
        select(of.expert_ids).where(of.id == bindparam("key"), of.status == constant("published")).limit(1)
    )
    for resource, of in _WRITTEN.items()
}
_WRITTEN_BY = {
    resource: Lookup(
        select(of.id)
        .where(of.status == constant("published"), bindparam("expert", type_=Uuid) == any_(of.expert_ids))
        .order_by(of.id)
        .limit(_MOST_WRITTEN)
    )
    for resource, of in _WRITTEN.items()
}


async def cause(connection: Connection, kind: str, key: UUID) -> Row | None:
    """The country of a record and the holder of a certificate about it; `holds`: what it certifies is true;
    `is_certified`: it is certified at all. None if there is no such record. Needs a context that may read every row."""
    return await _CAUSES[kind].fetchrow(connection, cause=key)


async def authors(connection: Connection, resource: str, key: UUID) -> Sequence[UUID] | None:
    """The experts who wrote a published record, regardless of the caller. None if there is no such record, or it is not
    published."""
    found: Sequence[UUID] | None = await _AUTHORS[resource].fetchval(connection, key=key)
    return found


async def written_by(connection: Connection, resource: str, expert: UUID) -> list[UUID]:
    """The published records that an expert wrote, regardless of the caller; at most 5,000."""
    return [row["id"] for row in await _WRITTEN_BY[resource].fetch(connection, expert=expert)]


async def set_certificate(connection: Connection, support: UUID, certificate: UUID) -> None:
    """Stores the certificate of a support, whose version stays."""
    await _SET_CERTIFICATE.execute(connection, key=support, certificate=certificate)
