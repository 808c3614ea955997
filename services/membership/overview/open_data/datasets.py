"""The datasets of membership: institutions, initiatives, and experts as numbers alone."""

from dataclasses import replace

from sqlalchemy import BigInteger, and_, cast, func, literal_column, select

from services.membership.access import ROLES
from services.membership.events.congresses import domain as congresses
from services.membership.events.congresses.tables import congress
from services.membership.initiatives.initiatives import domain as initiatives
from services.membership.initiatives.initiatives.record import Initiative
from services.membership.initiatives.initiatives.tables import initiative
from services.membership.register.experts import domain as experts
from services.membership.register.institutions import domain as institutions
from services.membership.register.institutions.record import Institution
from services.membership.register.institutions.tables import institution
from shared.open_data.datasets import Columns, Dataset, dataset_of, if_public, is_public, term_kinds
from shared.open_data.domain import Linked, resource_of
from shared.open_data.queries import OpenData
from shared.records.access_scope import constant
from shared.records.counts import cells

_INSTITUTIONS = dataset_of(
    Institution,
    institution,
    "Institutions",
    "The verified institutions of the register, with their names, identifiers and places.",
    "schema:Organization",
    and_(is_public(institution, institutions.PUBLISHED), institution.c.merged_into.is_(None)),
    parts=("links",),
)
_INITIATIVES = replace(
    dataset_of(
        Initiative,
        initiative,
        "Initiatives",
        "Initiatives that people and institutions sign, with the text in each language.",
        "schema:CreativeWork",
        is_public(initiative, initiatives.PUBLISHED),
        congress_id=if_public(initiative.c.congress_id, congress, congresses.PUBLISHED),
    ),
    country=None,
)


def _experts() -> Dataset:
    """Numbers of public experts by country and category, from the stored counts."""
    rows = cells("expert", tagged=False, dated=False)
    is_counted = and_(
        rows.c.visibility == constant("public"),
        rows.c.status.in_([constant(status) for status in sorted(experts.PUBLISHED)]),
    )
    number = cast(func.sum(rows.c.n), BigInteger).label("experts")
    of = (rows.c.country, rows.c.category)
    found = select(*of, number).where(is_counted).group_by(*of).having(func.sum(rows.c.n) > literal_column("0"))
    counted = found.subquery("counted")
    columns: Columns = {
        "id": (counted.c.country + "/" + counted.c.category).label("id"),
        "country": counted.c.country,
        "category": counted.c.category,
        "experts": counted.c.experts,
    }
    return Dataset(
        name="experts",
        title="Experts, in numbers",
        description="How many experts of the public register there are, by country and category.",
        columns=columns,
        where=counted.c.experts > literal_column("0"),
        order=(counted.c.country, counted.c.category),
        state=(counted.c.country, counted.c.category, counted.c.experts),
        country=counted.c.country,
        linked=Linked("schema:Observation", f"{resource_of('membership').path}/experts", term_kinds(columns, (), ())),
    )


PUBLISHED = OpenData("membership", ROLES, (_INSTITUTIONS, _INITIATIVES, _experts()))
