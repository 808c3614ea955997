"""Reading participations: for grants that cover the country or the expert."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, literal_column, or_, select

from services.membership.events.congresses.tables import congress
from services.membership.events.participations import domain
from services.membership.events.participations.record import Participation
from services.membership.events.participations.tables import participation
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.tables import institution
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import Extras, one_of, values
from shared.records.plain import by_whole, listing
from shared.records.rows import record_of, records_of

LISTING = listing(
    Participation,
    participation,
    domain.LIFECYCLE.states,
    by_whole(participation, participation.c.expert_id),
    values("role", participation.c.role, "Roles, separated by commas", one_of(domain.ROLES)),
    values("mode", participation.c.mode, "Modes, separated by commas", one_of(domain.MODES)),
)
_organisation = (
    select(func.coalesce(affiliation.c.raw, institution.c.display_name))
    .select_from(affiliation.outerjoin(institution, institution.c.id == affiliation.c.institution_id))
    .where(affiliation.c.expert_id == expert.c.id)
    .order_by(affiliation.c.is_primary.desc(), affiliation.c.id)
    .limit(1)
    .scalar_subquery()
)
_named = func.json_build_object(
    literal_column("'congress'"), congress.c.code,
    literal_column("'name'"), expert.c.names[0],
    literal_column("'email'"), expert.c.emails[0]["value"],
    literal_column("'organisation'"), _organisation,
)  # fmt: skip
_text = (
    select(cast(_named, Text))
    .where(expert.c.id == participation.c.expert_id, congress.c.id == participation.c.congress_id)
    .scalar_subquery()
)
EXPORTED = replace(LISTING, extras=Extras({"named": _text.label("named")}))
"""The list with what an export names: the code of the congress, and the expert's name, address and organisation."""
_GET = Statement(select(participation).where(participation.c.id == bindparam("key")))
_is_living = participation.c.status.in_([constant(status) for status in domain.LIVING])
_RIVAL = Statement(
    select(participation)
    .where(
        participation.c.congress_id == bindparam("congress"),
        participation.c.expert_id == bindparam("expert"),
        participation.c.role == bindparam("role"),
        participation.c.id != bindparam("key"),
        _is_living,
    )
    .with_for_update()
)
_SUPERSEDED = Statement(
    select(participation)
    .where(
        participation.c.status == constant(domain.SUPERSEDED),
        or_(participation.c.id == bindparam("key"), participation.c.superseded_by == bindparam("key")),
    )
    .order_by(participation.c.id)
    .with_for_update()
)


async def get(connection: Connection, key: UUID | None) -> Participation | None:
    """The participation, if the context may read it."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(Participation, row) if row else None


async def lock_rival(connection: Connection, record: Participation, owner: UUID) -> Participation | None:
    """Another living participation of this expert in the congress, in the role of the record, locked."""
    parameters = {"congress": record.congress_id, "role": record.role, "key": record.id}
    row = await _RIVAL.fetchrow(connection, expert=owner, **parameters)
    return record_of(Participation, row) if row else None


async def lock_superseded(connection: Connection, key: UUID) -> list[Participation]:
    """The participation if it is superseded, and those that it supersedes, locked."""
    return records_of(Participation, await _SUPERSEDED.fetch(connection, key=key))
