"""Reading what a support or participation gives a certificate for, and storing which certificate that is."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Uuid, bindparam, literal, null, select, true, update

from services.membership.initiatives.tables import initiative
from services.membership.participations.tables import participation
from services.membership.supports.tables import support
from shared.database.statements import Connection, Row, Statement

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


async def cause(connection: Connection, kind: str, key: UUID) -> Row | None:
    """The country of a record and the holder of a certificate about it; `holds`: what it certifies is true;
    `is_certified`: it is certified at all. None if there is no such record. Needs a context that may read every row."""
    return await _CAUSES[kind].fetchrow(connection, cause=key)


async def set_certificate(connection: Connection, support: UUID, certificate: UUID) -> None:
    """Stores the certificate of a support, whose version stays."""
    await _SET_CERTIFICATE.execute(connection, key=support, certificate=certificate)
