"""Reading the audit trail in the order of its chain."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, any_, bindparam, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.notifying.feed.domain import own_records
from services.access.notifying.feed.queries import withheld
from shared.audit.tables import audit, audit_link
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.history import LINES, with_keys

_WITHHELD = (literal("membership.nominations"), literal("membership.scores"))
_OF_PANEL = tuple(map(literal, ("recuse", "select", "pass_over")))
"""What a panel does about a nomination, of which the nominee does not learn before the results."""
WINDOW = 20_000
"""Most positions that one page reads, whatever it returns."""
_ENDS = Statement(select(func.min(audit_link.c.position).label("first"), func.max(audit_link.c.position).label("last")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter: entries after a position (None for all); about a record; by an account or client; at most `limit`."""

    after: int | None
    limit: int
    subject: UUID | None = None
    actor: UUID | None = None


def _page(access_kind: AccessKind, by_subject: bool, by_actor: bool, withholds: bool) -> Select[Any]:
    linked = with_keys().join(audit_link, audit_link.c.entry == audit.c.id)
    query = select(*LINES, audit_link.c.position, audit_link.c.hash).select_from(linked)
    query = query.where(audit_link.c.position > bindparam("after"))
    if by_subject:
        query = query.where(audit.c.subject == bindparam("subject"))
    else:
        query = query.where(audit_link.c.position <= bindparam("upto"))
    if by_actor:
        query = query.where(audit.c.actor_id == bindparam("actor"))
    if withholds:
        known = and_(
            audit.c.subject.not_in(withheld()),
            or_(audit.c.action.not_in(_OF_PANEL), audit.c.subject.not_in(withheld(are_decisions=True))),
        )
        query = query.where(or_(audit.c.resource.not_in(_WITHHELD), known))
    if access_kind is not AccessKind.EVERYWHERE:
        countries = bindparam("granted_countries", type_=ARRAY(Text))
        records = bindparam("granted_records", type_=ARRAY(Text))
        query = query.where(or_(audit.c.country == any_(countries), cast(audit.c.subject, Text) == any_(records)))
    return within_context(query.order_by(audit_link.c.position).limit(bindparam("limit")))


_PAGES = Shapes(_page)


async def page(connection: Connection, access: AccessScope, wanted: Wanted) -> tuple[list[Row], int]:
    """The entries in order of position whose records' countries or ids the caller's grants cover, except of nominations
    and scores that are withheld from the caller, and of what a panel does about the caller; and the position after
    which the next page starts. No entries with a later position mean that there are more pages."""
    ends = await _ENDS.fetchrow(connection)
    if ends is None or ends["last"] is None:
        return [], wanted.after or 0
    after = ends["first"] - 1 if wanted.after is None else wanted.after
    upto: int = ends["last"] if wanted.subject else min(ends["last"], max(after, ends["first"] - 1) + WINDOW)
    own = own_records(access.principal)
    statement = _PAGES.get(access.access_kind, wanted.subject is not None, wanted.actor is not None, bool(own))
    rows = await statement.fetch(
        connection,
        after=after,
        upto=upto,
        limit=wanted.limit,
        subject=wanted.subject,
        actor=wanted.actor,
        own=own,
        **access.parameters,
    )
    return rows, rows[-1]["position"] if len(rows) == wanted.limit else max(after, upto)
