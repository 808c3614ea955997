"""Which experts something refers to, so that the undo of an import leaves them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, cast, column, exists, func, or_, select, true, union
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.membership.certificates.certificates.tables import certificate
from services.membership.events.participations.tables import participation
from services.membership.initiatives.supports.tables import support
from services.membership.issuing.files.tables import certificate_file
from services.membership.mailing.broadcasts.tables import recipient
from services.membership.mailing.consents.tables import consent
from services.membership.protection.erasures.tables import erasure
from services.membership.register.messages.tables import message
from services.membership.selection.calls.tables import call
from services.membership.selection.declarations.tables import declaration
from services.membership.selection.nominations.tables import nomination, score
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant

_MOST = 10_000
_asked = any_(bindparam("experts", type_=ARRAY(Uuid)))
_TABLES = (consent, declaration, erasure, message, nomination, participation, recipient, score, support)
_seat = func.jsonb_array_elements(call.c.panel).table_valued(column("value", JSONB)).alias("seat")
_member = cast(_seat.c.value["expert_id"].astext, Uuid)
_stays = or_(
    certificate.c.kind.not_in([constant("support"), constant("participation")]),
    exists().where(support.c.id == certificate.c.subject_id),
    exists().where(participation.c.id == certificate.c.subject_id),
    exists().where(certificate_file.c.certificate_id == certificate.c.id),
)
"""The condition that a certificate was printed, or that what it certifies is still there."""
_used = union(
    *(select(part.c.expert_id.label("id")).where(part.c.expert_id == _asked) for part in _TABLES),
    *(
        select(published.c.person).where(published.c.person == _asked)
        for published in (views.PERSONAL_OF_CENTRES, views.PERSONAL_OF_ACTIONS)
    ),
    select(_member).select_from(call.join(_seat, true())).where(_member == _asked),
    select(certificate.c.expert_id).where(certificate.c.expert_id == _asked, _stays),
).subquery()
_IN_USE = Lookup(select(_used.c.id).limit(_MOST))


async def experts_in_use(connection: Connection, experts: Sequence[UUID]) -> set[UUID]:
    """Those of up to 10,000 experts to whom a record of any service refers, regardless of the caller."""
    return {row["id"] for row in await _IN_USE.fetch(connection, experts=list(experts))}
