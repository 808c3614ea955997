"""The accounts that messages on files notify. Who posted a message is in the audit trail.

A message that was posted with a transition, as its reason, notifies nobody: the transition does.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import TableClause, and_, select
from sqlalchemy.sql.elements import ColumnElement

from services.access.notifying.notifications.audience import Audience
from services.access.notifying.notifications.audiences.holders import (
    ACCOUNT,
    KEYS,
    OFFICE,
    director_of,
    named_in,
    office_of,
)
from shared.audit.tables import audit
from shared.contracts import views
from shared.records.access_scope import constant

_SAME_REQUEST = timedelta(minutes=1)
"""Clients may use one request id for several requests."""
_centre = views.CENTRES
_posted, _step, _created = (audit.alias(name) for name in ("posted", "step", "created"))


def _is_office(kind: ColumnElement[Any], actor: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a principal belongs to the office that handles files."""
    held = views.GRANTS.alias()
    conditions = (held.c.principal_kind == kind, held.c.principal_id == actor, held.c.role.in_(OFFICE))
    return select(held.c.id).where(*conditions).exists()


def _messages(view: TableClause, file: ColumnElement[Any], by: ColumnElement[bool]) -> Any:
    """The messages of a view that these people posted, each without a transition of its file."""
    is_reason = (
        select(_step.c.id)
        .where(
            _step.c.subject == file,
            _step.c.request_id == _posted.c.request_id,
            _step.c.action.in_([constant("request_info"), constant("resubmit")]),
            _step.c.at > _posted.c.at - _SAME_REQUEST,
        )
        .exists()
    )
    posting = and_(_posted.c.subject == view.c.id, _posted.c.action == constant("create"))
    return select(view).select_from(view.join(_posted, posting)).where(view.c.id == KEYS, by, ~is_reason).subquery()


_expert_view, _centre_view = views.EXPERT_MESSAGES, views.CENTRE_MESSAGES
_by_office = _is_office(_posted.c.actor_kind, _posted.c.actor_id)
_by_office_of_expert = and_(_by_office, _posted.c.actor_id.is_distinct_from(_expert_view.c.account_id))
_to_expert = _messages(_expert_view, _expert_view.c.expert_id, _by_office_of_expert)
_of_expert = _messages(_expert_view, _expert_view.c.expert_id, ~_by_office_of_expert)
_to_applicant = _messages(_centre_view, _centre_view.c.centre_id, _by_office)
_of_applicant = _messages(_centre_view, _centre_view.c.centre_id, ~_by_office)
_author = (
    select(_to_applicant.c.id.label("subject"), _created.c.actor_id.label("account_id"))
    .select_from(_to_applicant.join(_created, _created.c.subject == _to_applicant.c.centre_id))
    .where(
        _created.c.action == constant("create"),
        _created.c.actor_kind == ACCOUNT,
        ~_is_office(_created.c.actor_kind, _created.c.actor_id),
    )
)
QUERIES: Mapping[Audience, Any] = {
    Audience.EXPERT_APPLICANT: named_in(_to_expert, _to_expert.c.account_id),
    Audience.EXPERT_OFFICE: named_in(_of_expert, _of_expert.c.assignee).union_all(
        office_of(_of_expert, _of_expert.c.assignee.is_(None))
    ),
    Audience.CENTRE_APPLICANT: _author.union_all(
        director_of(
            _to_applicant.c.id, _to_applicant.join(_centre, _centre.c.id == _to_applicant.c.centre_id), _centre.c.id
        )
    ),
    Audience.CENTRE_OFFICE: office_of(_of_applicant),
}
"""The message, the account, and the region that its grant is limited to. Parameter: `keys`."""
