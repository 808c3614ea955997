"""The accounts behind editions of the Global Report, their contributions, rounds, invitations and comments."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Text, any_, cast, exists, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.access.notifying.notifications.audience import Audience
from services.access.notifying.notifications.audiences.holders import ACCOUNT, KEYS, holders_over
from shared.contracts import views
from shared.records.access_scope import constant

_held, _expert, _edition, _text = views.GRANTS, views.EXPERTS, views.EDITIONS, views.CONTRIBUTIONS
_invited, _said, _of_round = views.CONTRIBUTION_REVIEWERS, views.CONTRIBUTION_COMMENTS, views.ROUND_COUNTRIES
_is_written = _text.c.status.in_([constant(status) for status in ("draft", "changes_requested")])
_is_commented = exists().where(_said.c.contribution_id == _text.c.id, _said.c.status == constant("open"))


def _authors_of(subject: ColumnElement[Any], source: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The accounts of the authors of the contributions in a source."""
    return (
        select(subject.label("subject"), _expert.c.account_id)
        .select_from(source.join(_expert, _expert.c.id == any_(_text.c.expert_ids)))
        .where(subject == KEYS, _expert.c.account_id.is_not(None), *conditions)
        .distinct()
    )


_editors = holders_over("edition", _text.c.id, _text, _text.c.edition_id)
_is_assigned = _held.c.principal_id == _text.c.editor_id
_has_editor = (
    select(_held.c.principal_id)
    .where(_held.c.scope_id == cast(_text.c.edition_id, Text), _is_assigned)
    .correlate(_text)
    .exists()
)
_reviewer = (
    select(_invited.c.id.label("subject"), _expert.c.account_id)
    .select_from(_invited.join(_expert, _expert.c.id == _invited.c.expert_id))
    .where(_invited.c.id == KEYS, _expert.c.account_id.is_not(None))
)
_officials = (
    select(_of_round.c.id.label("subject"), _held.c.principal_id.label("account_id"))
    .select_from(_of_round.join(_held, _held.c.scope_id == _of_round.c.country))
    .where(
        _of_round.c.id == KEYS,
        _of_round.c.audience.in_([constant("governments"), constant("both")]),
        _held.c.principal_kind == ACCOUNT,
        _held.c.scope_kind == constant("country"),
        _held.c.role.in_([constant("government_focal_point"), constant("national_publisher")]),
    )
)
_commenter = select(_said.c.id.label("subject"), _said.c.by_id.label("account_id")).where(
    _said.c.id == KEYS, _said.c.by_id.is_not(None)
)
QUERIES: Mapping[Audience, Select[Any]] = {
    Audience.EDITION_EDITORS: holders_over("edition", _edition.c.id, _edition, _edition.c.id),
    Audience.ANSWERING_AUTHORS: _authors_of(_text.c.edition_id, _text, _is_commented),
    Audience.WRITING_AUTHORS: _authors_of(_text.c.edition_id, _text, _is_written),
    Audience.CONTRIBUTORS: _authors_of(_text.c.id, _text),
    Audience.CONTRIBUTION_EDITOR: _editors.where(or_(_is_assigned, ~_has_editor)),
    Audience.CONTRIBUTION_REVIEWER: _reviewer,
    Audience.REVIEW_EDITORS: holders_over("edition", _invited.c.id, _invited, _invited.c.edition_id),
    Audience.REVIEWING_OFFICIALS: _officials,
    Audience.COMMENTED_AUTHORS: _authors_of(_said.c.id, _said.join(_text, _text.c.id == _said.c.contribution_id)),
    Audience.COMMENTED_EDITORS: holders_over("edition", _said.c.id, _said, _said.c.edition_id),
    Audience.COMMENTER: _commenter,
}
