"""Affiliations that came to name an institution after it was merged or linked: written at the same time, or
imported."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.register.experts.tables import affiliation
from services.membership.register.institutions.tables import institution
from services.membership.register.merges.moving import take_affiliations
from services.membership.register.merges.record import Merge
from services.membership.register.merges.subjects import SUBJECTS
from services.membership.register.merges.tables import merge
from services.membership.register.merges.undo_records import store_undo_record
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import constant
from shared.records.rows import record_of

_AT_ONCE = 100
_ROW = Statement(select(institution).where(institution.c.id == bindparam("key")))
_MERGE = Statement(
    select(merge).where(merge.c.loser_id == bindparam("loser"), merge.c.status == constant("merged")).with_for_update()
)
_NAMED = Statement(
    select(institution.c.id)
    .where(
        institution.c.merged_into.is_not(None),
        select(affiliation.c.id).where(affiliation.c.institution_id == institution.c.id).exists(),
    )
    .order_by(institution.c.id)
    .limit(bindparam("limit"))
)


async def follow_institution(uow: UnitOfWork, subject: UUID) -> None:
    """Moves references to the institution along its merges, one by one, so that an undo of each reverts it. Needs a
    context that may read every row."""
    subject_kind = SUBJECTS["institutions"]
    merged_in = await _MERGE.fetchrow(uow.connection, loser=subject)
    loser = await _ROW.fetchrow(uow.connection, key=subject)
    if loser is None or loser["merged_into"] is None:
        return
    winner = await _ROW.fetchrow(uow.connection, key=loser["merged_into"])
    if winner is not None:
        taken = await take_affiliations(uow, subject_kind, winner, loser)
        if merged_in is not None:
            store_undo_record(uow, subject_kind, record_of(Merge, merged_in), (), taken, ())
        await follow_institution(uow, winner["id"])


async def follow_institutions(uow: UnitOfWork) -> None:
    """The same for merged institutions that rows still refer to, at most 100 at once."""
    for row in await _NAMED.fetch(uow.connection, limit=_AT_ONCE):
        await follow_institution(uow, row["id"])
