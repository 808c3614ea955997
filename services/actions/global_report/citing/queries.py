"""Reading what a citation needs besides the record: the names of its authors, and who else writes for its place."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.contributions.domain import MOST_AUTHORS
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import contribution
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant

_c, _expert = contribution.c, views.EXPERTS.c
_NAMES = Lookup(
    select(_expert.id, _expert.display_name)
    .where(_expert.id == any_(bindparam("experts", type_=ARRAY(Uuid))), _expert.erased_at.is_(None))
    .limit(MOST_AUTHORS)
)
_OTHER = Lookup(
    select(_c.id)
    .where(
        _c.edition_id == bindparam("edition", type_=Uuid),
        _c.outline_key == bindparam("place"),
        _c.id != bindparam("key", type_=Uuid),
        _c.status.not_in([constant(status) for status in ("declined", "dropped")]),
    )
    .limit(1)
)


async def names_of(connection: Connection, experts: Collection[UUID]) -> dict[str, str]:
    """The names of experts by their id, without those who were erased."""
    rows = await _NAMES.fetch(connection, experts=list(experts))
    return {str(row["id"]): row["display_name"] for row in rows if row["display_name"]}


async def is_alone(connection: Connection, of: Contribution) -> bool:
    """Whether no other contribution is written for the same place of the edition."""
    return await _OTHER.fetchval(connection, edition=of.edition_id, place=of.outline_key, key=of.id) is None
