"""Reading certificates: for grants that cover the country or the holder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid, and_, any_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.certificates.certificates import codes
from services.membership.certificates.certificates.domain import KINDS, LIFECYCLE, LIVING, holder_in
from services.membership.certificates.certificates.record import Certificate
from services.membership.certificates.certificates.tables import certificate
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.text import LANGUAGES
from shared.records.access_scope import constant
from shared.records.listing import Filter, one_of, truth, values
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

_living = certificate.c.status.in_([constant(status) for status in LIVING])
_locked = select(certificate).where(_living).order_by(certificate.c.id).with_for_update()
_OF_EXPERTS = Statement(_locked.where(certificate.c.expert_id == any_(bindparam("experts", type_=ARRAY(Uuid)))))
_HELD = Statement(_locked.where(certificate.c.holder_key == bindparam("holder")))
_ABOUT = Statement(
    _locked.where(
        certificate.c.kind == bindparam("kind"),
        or_(certificate.c.holder_key == bindparam("holder"), certificate.c.subject_id == bindparam("holder")),
    )
)
_CERTIFYING = Statement(
    _locked.where(certificate.c.kind == bindparam("kind"), certificate.c.subject_id == bindparam("subject"))
)
_SAME = Lookup(
    select(certificate.c.id)
    .where(
        _living,
        certificate.c.kind == bindparam("kind"),
        certificate.c.holder_key == bindparam("holder"),
        certificate.c.subject_resource.is_not_distinct_from(bindparam("resource", type_=Text)),
        certificate.c.subject_id.is_not_distinct_from(bindparam("subject", type_=Uuid)),
        certificate.c.subject_year.is_not_distinct_from(bindparam("year", type_=Integer)),
    )
    .limit(1)
)
_SET_DERIVED = Statement(
    update(certificate)
    .where(certificate.c.id == bindparam("key"))
    .values(name_differs=bindparam("differs"), country=bindparam("place"))
)
_OVER = Statement(_locked.where(certificate.c.valid_to < bindparam("today", type_=Date)).limit(bindparam("limit")))

_other = certificate.alias("other")
_SUBJECT = ("subject_resource", "subject_id", "subject_year")
FREE_AT_MERGE_TARGET = ~and_(
    _living,
    exists().where(
        _other.c.status.in_([constant(status) for status in LIVING]),
        views.EXPERTS.c.id == certificate.c.expert_id,
        _other.c.expert_id == views.EXPERTS.c.merged_into,
        _other.c.kind == certificate.c.kind,
        *(_other.c[name].is_not_distinct_from(certificate.c[name]) for name in _SUBJECT),
    ),
)
"""The condition that the expert into whom a holder was merged has no equal certificate in force: those of a year of
reviews are equal, and the one of the merged holder stays there."""


def _code(raw: str) -> str:
    code = codes.read(raw)
    if code is None:
        raise ValueError("is no code of a certificate")
    return code


LISTING = replace(
    listing(
        Certificate,
        certificate,
        LIFECYCLE.states,
        by_whole(certificate, certificate.c.holder_key),
        values("kind", certificate.c.kind, "Kinds, separated by commas", one_of(tuple(KINDS))),
        values("language", certificate.c.language, "Languages, separated by commas", one_of(LANGUAGES)),
        Filter("code", "The code of a certificate", _code, lambda bound: certificate.c.code == bound),
        Filter(
            "name_differs",
            "Whether the holder has another name today",
            truth,
            lambda bound: certificate.c.name_differs == bound,
        ),
    ),
    search="member_certificate_search",
)


async def lock_living(connection: Connection, experts: Sequence[UUID]) -> list[Certificate]:
    """The certificates of these experts that are issued or suspended, locked."""
    return records_of(Certificate, await _OF_EXPERTS.fetch(connection, experts=experts))


async def lock_held(connection: Connection, holder: UUID) -> list[Certificate]:
    """The certificates of a holder that are issued or suspended, locked."""
    return records_of(Certificate, await _HELD.fetch(connection, holder=holder))


async def lock_about(connection: Connection, kind: str, holder: UUID) -> list[Certificate]:
    """Those of this kind, and those that name the holder as their subject and moved to another with a merge, locked."""
    return records_of(Certificate, await _ABOUT.fetch(connection, kind=kind, holder=holder))


async def lock_certifying(connection: Connection, kind: str, subject: UUID) -> list[Certificate]:
    """Those of this kind that certify a record, whoever holds them, locked."""
    return records_of(Certificate, await _CERTIFYING.fetch(connection, kind=kind, subject=subject))


async def is_in_force(connection: Connection, new: Certificate) -> bool:
    """Whether there is a certificate in force of the same kind, holder and subject."""
    found = await _SAME.fetchval(
        connection,
        kind=new.kind,
        holder=holder_in(new)[1],
        resource=new.subject_resource,
        subject=new.subject_id,
        year=new.subject_year,
    )
    return found is not None


async def set_derived(connection: Connection, key: UUID, *, differs: bool, country: str) -> None:
    """Stores what a certificate takes over from its holder. Its version stays."""
    await _SET_DERIVED.execute(connection, key=key, differs=differs, place=country)


async def lock_over(connection: Connection, today: date, limit: int) -> list[Certificate]:
    """Certificates whose last day has passed, locked, at most `limit`."""
    return records_of(Certificate, await _OVER.fetch(connection, today=today, limit=limit))
