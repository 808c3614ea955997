"""Reading broadcasts and their recipients: for offices over the whole installation."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, cast, false, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB

from services.membership.mailing.broadcasts.domain import LIFECYCLE, OUTCOMES, PURPOSES
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.tables import broadcast, recipient
from shared.records.access_scope import AccessKind
from shared.records.listing import Item, Listing, one_of, reference, values
from shared.records.plain import by_itself, listing

OF_BROADCAST = "of_broadcast"
"""The filter of recipients by the id of their broadcast."""
COUNTED_BY = (recipient.c.outcome, recipient.c.reason)
_cells = (
    select(*COUNTED_BY, func.count().label("n"))
    .where(recipient.c.broadcast_id == broadcast.c.id)
    .group_by(*COUNTED_BY)
    .correlate(broadcast)
    .subquery("cells")
)
_counts = func.coalesce(
    broadcast.c.final_counts,
    select(func.jsonb_agg(func.to_jsonb(literal_column("cells")))).select_from(_cells).scalar_subquery(),
    cast(literal_column("'[]'"), JSONB),
    type_=JSONB,
).label("counts")
LISTING = replace(
    listing(
        Broadcast,
        broadcast,
        LIFECYCLE.states,
        by_itself(broadcast, frozenset()),
        values("purpose", broadcast.c.purpose, "Purposes, separated by commas", one_of(PURPOSES)),
    ),
    item=Item(columns={"counts": _counts}),
)


def _visible_to(access_kind: AccessKind) -> Select[Any]:
    """Recipients, for whoever reads every broadcast."""
    return select(recipient).where(true() if access_kind is AccessKind.EVERYWHERE else false())


RECIPIENTS = Listing(
    base=_visible_to,
    key=recipient.c.id,
    filters={
        one.name: one
        for one in (
            values("outcome", recipient.c.outcome, "Outcomes, separated by commas", one_of(OUTCOMES)),
            reference("expert_id", recipient.c.expert_id),
            reference(OF_BROADCAST, recipient.c.broadcast_id),
        )
    },
    sorts={},
    columns={
        name: recipient.c[name]
        for name in ("id", "expert_id", "language", "outcome", "reason", "tried_at", "bounced_at")
    },
)
