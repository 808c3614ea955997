"""Finding a certificate by its code or its id, for everybody: one index."""

from uuid import UUID

from sqlalchemy import bindparam, case, exists, func, or_, select

from services.membership.certificates.certificates.tables import certificate
from services.membership.initiatives.supports.tables import support
from services.membership.issuing.verification.domain import Certified
from services.membership.mailing.consents.tables import consent
from services.membership.register.notices.domain import LISTING
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.records.access_scope import constant

_c = certificate.c
_successor = certificate.alias("successor")
_consents = exists().where(
    consent.c.expert_id == _c.expert_id,
    consent.c.purpose == constant(LISTING),
    consent.c.status == constant("given"),
)
_is_listed = exists().where(
    support.c.id == _c.subject_id,
    support.c.expert_id == _c.expert_id,
    support.c.status == constant("accepted"),
    support.c.listed_name.is_not(None),
)
"""The person agreed to be listed as a supporter of what the certificate is about."""
_VERIFIED = select(
    _c.ref,
    _c.status,
    _c.kind,
    _c.paper_number,
    _c.created_at,
    _c.valid_to,
    _c.holder_name,
    _c.revoked_for,
    case((_c.expert_id.is_(None), True), else_=or_(_consents, _is_listed)).label("is_named"),
    case(
        (
            _c.replaced_by.is_not(None),
            select(func.coalesce(_successor.c.paper_number, _successor.c.ref))
            .where(_successor.c.id == _c.replaced_by)
            .scalar_subquery(),
        )
    ).label("successor"),
).limit(1)
_BY_CODE = Lookup(_VERIFIED.where(_c.code == bindparam("code")))
_BY_ID = Lookup(_VERIFIED.where(_c.id == bindparam("key")))


async def certificate_by_code(connection: Connection, code: str) -> Certified | None:
    """The certificate with this code. A person is named to everybody only with the consent to be listed, or as a listed
    supporter."""
    return _certified(await _BY_CODE.fetchrow(connection, code=code))


async def certificate_of(connection: Connection, key: UUID) -> Certified | None:
    """The same of the certificate with this id."""
    return _certified(await _BY_ID.fetchrow(connection, key=key))


def _certified(row: Row | None) -> Certified | None:
    return None if row is None else Certified(**row)
