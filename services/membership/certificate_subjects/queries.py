"""Reading the title of what a certificate is about, regardless of the caller."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, select

from services.membership.certificates.record import Certificate
from services.membership.congresses.tables import congress
from services.membership.initiatives.tables import initiative
from services.membership.participations.tables import participation
from services.membership.supports.tables import support
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.record import Texts


def _titles(of: Table, through: Table, link: str) -> Lookup:
    joined = through.join(of, of.c.id == through.c[link])
    return Lookup(select(of.c.titles).select_from(joined).where(through.c.id == bindparam("subject")).limit(1))


_TITLES: Mapping[Any, Lookup] = {
    "membership.supports": _titles(initiative, support, "initiative_id"),
    "membership.participations": _titles(congress, participation, "congress_id"),
}


async def subject_of(connection: Connection, certificate: Certificate) -> Texts:
    """The title of the initiative that is supported, or of the congress that was attended, by language; none for other
    kinds, which say everything."""
    find = _TITLES.get(certificate.subject_resource)
    found: Texts | None = await find.fetchval(connection, subject=certificate.subject_id) if find else None
    return found or {}
