"""Reading figures: published ones by everybody, others for grants over the edition, by its authors and by those who
comment on a contribution of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Select, Text, Uuid, and_, any_, bindparam, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.figures.domain import KINDS, LIFECYCLE, PUBLISHED
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.figures.tables import figure, figure_data
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import values
from shared.records.listing import one_of
from shared.records.plain import listing
from shared.records.rows import records_of

_f, _c, _d = figure.c, contribution.c, figure_data.c
_NO_AUTHORS = ("proposed", "declined", "dropped")
"""The states of contributions whose authors do not read the figures of the edition."""


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(figure)
    if access_kind is AccessKind.EVERYWHERE:
        return query
    published = visible(figure, access_kind, PUBLISHED)
    if access_kind is AccessKind.ANONYMOUS:
        return query.where(published)
    records = bindparam("granted_records", type_=ARRAY(Text))
    is_author = and_(
        _c.status.not_in([constant(state) for state in _NO_AUTHORS]), cast(_c.expert_ids, ARRAY(Text)).overlap(records)
    )
    takes_part = (
        select(_c.edition_id)
        .where(_c.edition_id == _f.edition_id, or_(is_author, cast(_c.id, Text) == any_(records)))
        .exists()
    )
    return query.where(or_(published, cast(_f.edition_id, Text) == any_(records), takes_part))


LISTING = listing(
    Figure,
    figure,
    LIFECYCLE.states,
    _visible,
    values("key", _f.key, "Keys, separated by commas"),
    values("kind", _f.kind, "Kinds, separated by commas", one_of(KINDS)),
)
_of_edition = _f.edition_id == bindparam("edition")
_OF_EDITION = select(figure).where(_of_edition, _f.status == bindparam("status")).order_by(_f.id)
_KNOWN = Statement(within_context(_OF_EDITION))
_LOCKED = Statement(_OF_EDITION.with_for_update())
_NUMBER = Statement(select(func.count()).where(_of_edition, _f.status != constant("dropped")))
_DATA = Statement(within_context(select(_d.content).where(_d.figure_id == bindparam("figure")).limit(1)))
_OTHER = Lookup(
    select(_f.id)
    .select_from(figure.outerjoin(figure_data, _d.figure_id == _f.id))
    .where(
        _of_edition,
        _f.status == constant("frozen"),
        or_(
            _d.figure_id.is_(None),
            _d.is_same.is_(False),
            func.encode(func.sha256(func.convert_to(_d.content, constant("UTF8"))), constant("hex")) != _f.sha256,
        ),
    )
    .limit(1)
)
_NOTE = Statement(
    update(figure_data)
    .where(_d.figure_id == bindparam("figure", type_=Uuid))
    .values(
        verified_at=bindparam("at", type_=Instant),
        seen_sha256=bindparam("seen", type_=Text),
        is_same=bindparam("same", type_=Boolean),
    )
)
_FORGET = Statement(delete(figure_data).where(_d.figure_id == bindparam("figure")))


async def of_edition(connection: Connection, access: AccessScope, edition: UUID, status: str) -> list[Figure]:
    """The figures of an edition in a state that the caller may read."""
    return records_of(Figure, await _KNOWN.fetch(connection, edition=edition, status=status, **access.parameters))


async def lock_of(connection: Connection, edition: UUID, status: str) -> list[Figure]:
    """The figures of an edition in a state, locked."""
    return records_of(Figure, await _LOCKED.fetch(connection, edition=edition, status=status))


async def number_of(connection: Connection, edition: UUID) -> int:
    """How many figures an edition has."""
    found: int = await _NUMBER.fetchval(connection, edition=edition)
    return found


async def data_of(connection: Connection, access: AccessScope, figure_id: UUID) -> str | None:
    """The frozen data of a figure; None if the caller may not read it, or there is none."""
    found: str | None = await _DATA.fetchval(connection, figure=figure_id, **access.parameters)
    return found


async def forget_data(connection: Connection, figure_id: UUID) -> None:
    """Deletes the frozen data of a figure."""
    await _FORGET.execute(connection, figure=figure_id)


async def has_other_numbers(connection: Connection, edition: UUID) -> bool:
    """Whether a frozen figure of an edition has lost its data, has altered data, or is one for which the API answered
    otherwise when it was asked last; whatever the caller may read."""
    return await _OTHER.fetchval(connection, edition=edition) is not None


async def note_verification(
    connection: Connection, figure_id: UUID, at: datetime, seen: str | None, *, is_same: bool
) -> None:
    """Notes what the API answered for a frozen figure: the digest, and whether it is the same."""
    await _NOTE.execute(connection, figure=figure_id, at=at, seen=seen, same=is_same)
