"""Reading what a citation needs besides the record: the names of its authors, and its errata."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.citing.domain import Erratum
from services.actions.global_report.contributions.domain import MOST_AUTHORS
from services.actions.global_report.editions.domain import MOST_ISSUES
from services.actions.global_report.versions.tables import erratum
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection

_r, _expert = erratum.c, views.EXPERTS.c
_NAMES = Lookup(
    select(_expert.id, _expert.display_name)
    .where(_expert.id == any_(bindparam("experts", type_=ARRAY(Uuid))), _expert.erased_at.is_(None))
    .limit(MOST_AUTHORS)
)
_ERRATA = Lookup(
    select(_r.issue, _r.texts, _r.version, _r.replaces)
    .where(_r.contribution_id == bindparam("contribution", type_=Uuid))
    .order_by(_r.issue)
    .limit(MOST_ISSUES)
)


async def names_of(connection: Connection, experts: Collection[UUID]) -> dict[str, str]:
    """The names of experts by their id, without those who were erased."""
    rows = await _NAMES.fetch(connection, experts=list(experts))
    return {str(row["id"]): row["display_name"] for row in rows if row["display_name"]}


async def errata_of(connection: Connection, contribution: UUID) -> list[Erratum]:
    """The errata of a contribution in order."""
    return [Erratum(**row) for row in await _ERRATA.fetch(connection, contribution=contribution)]
