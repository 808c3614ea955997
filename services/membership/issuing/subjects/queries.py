"""Reading the title of what a certificate is about, regardless of the caller."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Table, bindparam, select

from services.membership.certificates.certificates.domain import CONTRIBUTIONS, REPORTS
from services.membership.certificates.certificates.record import Certificate
from services.membership.events.congresses.tables import congress
from services.membership.events.participations.tables import participation
from services.membership.initiatives.initiatives.tables import initiative
from services.membership.initiatives.supports.tables import support
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import LANGUAGES, text_in
from shared.printing.labels import labels_of
from shared.records.record import Texts


def _titles(of: Table, through: Table, link: str) -> Lookup:
    joined = through.join(of, of.c.id == through.c[link])
    return Lookup(select(of.c.titles).select_from(joined).where(through.c.id == bindparam("subject")).limit(1))


_TITLES: Mapping[Any, Lookup] = {
    "membership.supports": _titles(initiative, support, "initiative_id"),
    "membership.participations": _titles(congress, participation, "congress_id"),
    CONTRIBUTIONS: Lookup(
        select(views.CONTRIBUTIONS.c.titles).where(views.CONTRIBUTIONS.c.id == bindparam("subject")).limit(1)
    ),
}


_report = views.REPORTS.c
_REPORT = Lookup(select(_report.country, _report.period).where(_report.id == bindparam("subject")).limit(1))
_LABELS = Path(__file__).parent / "labels.csv"


async def subject_of(connection: Connection, certificate: Certificate) -> Texts:
    """The title of the initiative that is supported, of the congress that was attended, or of the report or
    contribution that was written, by language; none for other subjects, of which the certificate says everything."""
    if certificate.subject_resource == REPORTS:
        row = await _REPORT.fetchrow(connection, subject=certificate.subject_id)
        return {} if row is None else {language: _title(row, language) for language in LANGUAGES}
    find = _TITLES.get(certificate.subject_resource)
    found: Texts | None = await find.fetchval(connection, subject=certificate.subject_id) if find else None
    return found or {}


def _title(report: Row, language: str) -> str:
    """What a report is, its period and its country."""
    country = text_in(language, COUNTRIES[report["country"]].names)
    return f"{labels_of(_LABELS, language)['report']} {report['period']} – {country}"
