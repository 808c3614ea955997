"""Files that experts send for their own nomination, offer or contribution: they belong to the expert, not to a
country."""

from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, column, func, or_, select
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY, array

from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.tables import evidence
from services.actions.support.offers.domain import LIVING
from services.actions.support.offers.tables import offer
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.database.tables import SCHEMA
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.principal import Principal
from shared.records.access_scope import constant
from shared.records.rows import records_of

MOST = 20
"""Most files of an expert that are not purged."""
_EXPERT = bindparam("expert", type_=Uuid)
_WRITTEN = ("proposed", "draft", "changes_requested", "published")
"""The states of contributions of which authors send versions, whose images are files."""
_e, _n, _o = views.EXPERTS.c, views.NOMINATIONS.c, offer.c
_c = sql_table(
    "action_contribution",
    column("id", Uuid),
    column("status", Text),
    column("expert_ids", ARRAY(Uuid)),
    schema=SCHEMA,
).c
_has_use = or_(
    select(_n.id).where(_n.expert_id == _EXPERT, _n.status == constant("draft")).exists(),
    select(_o.id).where(_o.expert_id == _EXPERT, _o.status.in_([constant(status) for status in LIVING])).exists(),
    select(_c.id)
    .where(_c.expert_ids.contains(array([_EXPERT])), _c.status.in_([constant(status) for status in _WRITTEN]))
    .exists(),
)
_files = (
    select(func.count())
    .select_from(evidence)
    .where(
        evidence.c.scope_id == _EXPERT,
        evidence.c.country.is_(None),
        evidence.c.status != constant("purged"),
    )
    .scalar_subquery()
)
_OWN = Lookup(
    select(_has_use.label("has_use"), _files.label("files"))
    .where(
        select(_e.id)
        .where(
            _e.id == _EXPERT,
            _e.account_id == any_(bindparam("accounts", type_=ARRAY(Uuid))),
            _e.merged_into.is_(None),
            _e.erased_at.is_(None),
        )
        .exists()
    )
    .limit(1)
)
_OF_EXPERT = Lookup(
    select(evidence)
    .where(evidence.c.scope_id == _EXPERT, evidence.c.country.is_(None), evidence.c.status != constant("purged"))
    .order_by(evidence.c.id)
    .limit(MOST)
    .with_for_update()
)


async def require_use(connection: Connection, principal: Principal, new: Evidence) -> None:
    """Raises Invalid `required` for a file without a country that is not of the caller's own record, Conflict
    `no_open_use` if the record has no draft of a nomination, no living offer and no contribution that its authors
    write, and `too_many_files`."""
    found = None
    if new.scope_id is not None and principal.account_id is not None:
        found = await _OWN.fetchrow(connection, expert=new.scope_id, accounts=[principal.account_id])
    if found is None:
        raise invalid_field("/country", "required", "The country, unless `scope_id` is your own record.")
    if new.visibility != "restricted":
        raise invalid_field("/visibility", "invalid_value", "A file of an expert is restricted.")
    if not found["has_use"]:
        raise Conflict("You have no draft of a nomination, no offer and no contribution.", code="no_open_use")
    if found["files"] >= MOST:
        raise Conflict(f"An expert has at most {MOST} files.", code="too_many_files")


async def lock_of_expert(connection: Connection, expert: UUID) -> list[Evidence]:
    """The files of an expert that are not purged, locked."""
    return records_of(Evidence, await _OF_EXPERT.fetch(connection, expert=expert))
