"""The accounts that proposed transitions and grants notify: who was named to confirm or may do so, the holder, and the
proposer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.access import DELEGABLE, INVITING
from services.access.authority.grants.tables import grant
from services.access.notifying.notifications.audience import Audience
from shared.audit.tables import audit
from shared.contracts import views
from shared.kernel.principal import SYSTEM
from shared.records.access_scope import constant
from shared.records.pending import pending

_KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
_PROPOSED = constant("proposed")
_of_pending = (
    pending.c.record_id.label("subject"),
    pending.c.id.label("proposal"),
    func.timezone("UTC", pending.c.created_at).label("proposed_at"),
)
_proposer = cast(func.split_part(grant.c.created_by, ":", 2), Uuid)
_state = case((audit.c.to_status == constant("active"), "activated"), else_=audit.c.to_status)


_held = views.GRANTS
_place = func.coalesce(grant.c.country, grant.c.place)
_gives = or_(
    *(
        and_(_held.c.role == constant(role), grant.c.role.in_([constant(one) for one in sorted(given)]))
        for role in {**DELEGABLE, **INVITING}
        if (given := DELEGABLE.get(role, frozenset()) | INVITING.get(role, frozenset()))
    )
)
_waits = and_(grant.c.id == _KEYS, grant.c.status == _PROPOSED)
_confirmers = (
    select(
        grant.c.id.label("subject"),
        _held.c.principal_id.label("account_id"),
        case((_held.c.scope_kind == constant("region"), _held.c.scope_id)).label("region"),
        _place.label("country"),
    )
    .select_from(grant.join(_held, _gives))
    .where(
        _waits,
        grant.c.second_person.is_(None),
        _held.c.principal_kind == constant("account"),
        _held.c.delegated_from.is_(None),
        _held.c.principal_id != grant.c.principal_id,
        or_(
            _held.c.scope_kind == constant("global"),
            and_(_held.c.scope_kind == constant("region"), _place.is_not(None)),
            and_(_held.c.scope_kind == constant("country"), _held.c.scope_id == _place),
        ),
    )
)
_causer = select(
    grant.c.id.label("subject"),
    cast(func.split_part(grant.c.caused_by, ":", 2), Uuid).label("account_id"),
    null().cast(Text).label("region"),
    _place.label("country"),
).where(_waits, grant.c.caused_by.startswith("account:"))


def _second_person(proposed: FromClause) -> Select[Any]:
    """The account that was named to confirm a record that waits as proposed."""
    return select(proposed.c.id.label("subject"), proposed.c.second_person.label("account_id")).where(
        proposed.c.id == _KEYS, proposed.c.second_person.is_not(None), proposed.c.status == _PROPOSED
    )


QUERIES: Mapping[Audience, Any] = {
    Audience.SECOND_PERSON: select(*_of_pending, pending.c.second_person.label("account_id")).where(
        pending.c.record_id == _KEYS,
        pending.c.second_person.is_not(None),
        pending.c.status == constant("pending"),
    ),
    Audience.PROPOSER: select(
        *_of_pending,
        func.coalesce(pending.c.proposer_owner, pending.c.proposer_id).label("account_id"),
        (literal("transition_") + pending.c.status).label("state"),
    ).where(
        pending.c.record_id == _KEYS,
        pending.c.decided_by != pending.c.proposer_kind + literal(":") + cast(pending.c.proposer_id, Text),
    ),
    Audience.GRANT_WAITING: select(grant.c.id.label("subject"), grant.c.principal_id.label("account_id")).where(
        _waits, grant.c.principal_kind == constant("account"), grant.c.created_by == constant(SYSTEM.label)
    ),
    Audience.GRANT_CONFIRMERS: _confirmers.union(_causer),
    Audience.GRANT_SECOND_PERSON: _second_person(grant),
    Audience.ERASURE_SECOND_PERSON: _second_person(views.ERASURES),
    Audience.GRANT_PROPOSER: select(grant.c.id.label("subject"), _proposer.label("account_id"), _state.label("state"))
    .select_from(grant.join(audit, audit.c.subject == grant.c.id))
    .where(
        grant.c.id == _KEYS,
        grant.c.created_by.startswith("account:"),
        audit.c.from_status == _PROPOSED,
        audit.c.to_status != _PROPOSED,
    ),
}
"""The record and the account. `proposal` and `proposed_at` are the pending transition's; `state` is that of the fact to
which the row belongs, if not to all; `country` that of the record, if it is not the fact's. Parameter: `keys`."""
