"""The accounts that messages on files notify. Who posted a message is in the audit trail.

A message that was posted with a transition, as its reason, notifies nobody: the transition does.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import TableClause, Text, Uuid, and_, any_, bindparam, case, cast, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.notifications.domain import Audience
from shared.audit.tables import audit
from shared.contracts import views
from shared.records.access_scope import constant

_KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
_ACCOUNT = constant("account")
_OFFICE = [constant(role) for role in ("secretariat_admin", "secretariat_officer")]
"""The roles that handle files, and read internal messages."""
_SAME_REQUEST = timedelta(minutes=1)
"""Clients may use one request id for several requests."""
_held, _expert, _centre = views.GRANTS, views.EXPERTS, views.CENTRES
_of_expert, _of_centre = views.EXPERT_MESSAGES, views.CENTRE_MESSAGES
_posted, _step, _created = (audit.alias(name) for name in ("posted", "step", "created"))


def _is_office(kind: ColumnElement[Any], actor: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a principal belongs to the office that handles files."""
    held = views.GRANTS.alias()
    conditions = (held.c.principal_kind == kind, held.c.principal_id == actor, held.c.role.in_(_OFFICE))
    return select(held.c.id).where(*conditions).exists()


_by_office = _is_office(_posted.c.actor_kind, _posted.c.actor_id)
_by_office_of_expert = and_(_by_office, _posted.c.actor_id.is_distinct_from(_of_expert.c.account_id))


def _is_alone(file: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the message was posted without a transition of its file."""
    return (
        ~select(_step.c.id)
        .where(
            _step.c.subject == file,
            _step.c.request_id == _posted.c.request_id,
            _step.c.action.in_([constant("request_info"), constant("resubmit")]),
            _step.c.at > _posted.c.at - _SAME_REQUEST,
        )
        .exists()
    )


def _find(
    message: TableClause,
    account: ColumnElement[Any],
    *conditions: ColumnElement[bool],
    also: Any = None,
    region: ColumnElement[Any] | None = None,
) -> Any:
    """Messages and accounts. `also` are further joined rows and their condition."""
    file = message.c.expert_id if message is _of_expert else message.c.centre_id
    source: Any = message.join(_posted, and_(_posted.c.subject == message.c.id, _posted.c.action == constant("create")))
    return (
        select(
            message.c.id.label("subject"),
            account.label("account_id"),
            (cast(literal(None), Text) if region is None else region).label("region"),
        )
        .select_from(source.join(*also) if also else source)
        .where(message.c.id == _KEYS, account.is_not(None), _is_alone(file), *conditions)
    )


def _office(message: TableClause, *conditions: ColumnElement[bool]) -> Any:
    """The accounts of the office that handles the files of a country. Callers check the regions."""
    covers = or_(
        _held.c.scope_kind.in_([constant("global"), constant("region")]), _held.c.scope_id == message.c.country
    )
    holders = and_(
        _held.c.principal_kind == _ACCOUNT,
        _held.c.role.in_(_OFFICE),
        covers,
    )
    region = case((_held.c.scope_kind == constant("region"), _held.c.scope_id))
    return _find(message, _held.c.principal_id, *conditions, also=(_held, holders), region=region)


_assignee = _of_expert.c.assignee
_by_author = and_(
    _created.c.subject == _of_centre.c.centre_id,
    _created.c.action == constant("create"),
    _created.c.actor_kind == _ACCOUNT,
    ~_is_office(_created.c.actor_kind, _created.c.actor_id),
)
_of_director = _centre.join(_expert, _expert.c.id == _centre.c.director_id)
_over_centre = and_(
    _held.c.principal_kind == _ACCOUNT,
    _held.c.scope_kind == constant("centre"),
    _held.c.scope_id == cast(_of_centre.c.centre_id, Text),
)
QUERIES: Mapping[Audience, Any] = {
    Audience.EXPERT_APPLICANT: _find(_of_expert, _of_expert.c.account_id, _by_office_of_expert),
    Audience.EXPERT_OFFICE: _find(_of_expert, _assignee, ~_by_office_of_expert).union_all(
        _office(_of_expert, _assignee.is_(None), ~_by_office_of_expert)
    ),
    Audience.CENTRE_APPLICANT: _find(
        _of_centre, _created.c.actor_id, _by_office, also=(_created, _by_author)
    ).union_all(
        _find(
            _of_centre,
            _expert.c.account_id,
            _by_office,
            also=(_of_director, _centre.c.id == _of_centre.c.centre_id),
        ),
        _find(_of_centre, _held.c.principal_id, _by_office, also=(_held, _over_centre)),
    ),
    Audience.CENTRE_OFFICE: _office(_of_centre, ~_by_office),
}
"""The message, the account, and the region that its grant is limited to. Parameter: `keys`."""
