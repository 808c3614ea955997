"""Reading contributions: published ones by everybody, others for grants that cover the edition, the country or an
author's own record."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.contributions.domain import (
    AWAITED,
    COMMENTED,
    CONFIRM,
    EDITABLE,
    LIFECYCLE,
    OPEN,
    PUBLISHED,
)
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import comment, contribution, review_round, version
from services.actions.global_report.editions.domain import REMINDED
from services.actions.global_report.editions.tables import edition
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.filters import values
from shared.records.listing import Listing
from shared.records.next_steps import ME, NextStep, NextSteps
from shared.records.plain import listing, without
from shared.records.reminding import is_due, taking, weekly_after
from shared.records.rows import records_of

_AT_ONCE = 500
_MOST_AUTHORS = 100
_c = contribution.c
_held, _expert = views.GRANTS.c, views.EXPERTS.c
_of_editor = (
    _held.principal_kind == constant("account"),
    _held.scope_kind == constant("edition"),
    _held.role.in_([constant(role) for role in ("editor_in_chief", "editor")]),
)
_editor = (
    select(_held.principal_id)
    .where(*_of_editor, _held.principal_id == _c.editor_id, _held.scope_id == cast(_c.edition_id, Text))
    .limit(1)
    .correlate(contribution)
    .scalar_subquery()
)
"""The editor who handles it, as long as that account has a grant over the edition."""
_unconfirmed = (
    select(_expert.account_id)
    .where(_expert.id == any_(_c.unconfirmed_ids), _expert.account_id == ME)
    .limit(1)
    .correlate(contribution)
    .scalar_subquery()
)
"""The caller's account, if it has still to confirm an authorship."""
_corresponding = (
    select(_expert.account_id)
    .where(_expert.id == _c.corresponding_id)
    .limit(1)
    .correlate(contribution)
    .scalar_subquery()
)
_has_newer = (
    select(version.c.number)
    .where(
        version.c.contribution_id == _c.id,
        version.c.language == _c.language,
        version.c.number > func.greatest(_c.published_version, cast(_c.consent["version"].astext, Integer)),
    )
    .limit(1)
    .correlate(contribution)
    .exists()
)
"""Whether a version was sent after the publication, to which the country has not consented."""
NEXT_STEPS = NextSteps(
    "actions.contributions",
    contribution,
    (
        NextStep("proposed", "accept", _editor),
        *(NextStep(status, CONFIRM, _unconfirmed, is_personal=True) for status in EDITABLE),
        *(NextStep(status, "submit", _corresponding, is_personal=True) for status in AWAITED),
        NextStep("submitted", "take", _editor),
        NextStep("in_review", "return", _editor),
        NextStep("in_review", "consent", only=and_(_c.country.is_not(None), _c.consent.is_(None))),
        NextStep("published", "consent", only=and_(_c.country.is_not(None), _has_newer)),
    ),
    scope=_c.edition_id,
)
_OF_STATE = {status: func.count().filter(comment.c.status == constant(status)) for status in COMMENTED}


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(contribution)
    if access_kind is AccessKind.EVERYWHERE:
        return query
    published = visible(contribution, access_kind, PUBLISHED)
    if access_kind is AccessKind.ANONYMOUS:
        return query.where(published)
    records = bindparam("granted_records", type_=ARRAY(Text))
    return query.where(
        or_(
            published,
            _c.country == any_(bindparam("granted_countries", type_=ARRAY(Text))),
            cast(_c.edition_id, Text) == any_(records),
            cast(_c.id, Text) == any_(records),
            cast(_c.expert_ids, ARRAY(Text)).overlap(records),
        )
    )


_LISTED = listing(
    Contribution,
    contribution,
    LIFECYCLE.states,
    _visible,
    values("outline_key", _c.outline_key, "Keys of places of the outline, separated by commas"),
    NEXT_STEPS.holder,
)
LISTING: Listing = replace(
    without(_LISTED, "corresponding_id", "editor_id"),
    sorts={**_LISTED.sorts, "due": _c.due, "number": _c.number},
)
"""Nobody filters by an author or editor, whom a reviewer might not know. Editors find theirs by `holder`."""
_NUMBER = Lookup(
    select(func.coalesce(func.max(_c.number), 0) + 1).where(_c.edition_id == bindparam("edition")).limit(1)
)
_HAS_VERSION = Lookup(
    select(version.c.number)
    .where(version.c.contribution_id == bindparam("contribution"), version.c.language == bindparam("language"))
    .limit(1)
)
_CURRENT = Lookup(
    select(version.c.number, version.c.language, version.c.words, version.c.created_at)
    .where(
        version.c.contribution_id == bindparam("contribution"),
        version.c.language == bindparam("language"),
        version.c.number <= bindparam("most", type_=Integer),
    )
    .order_by(version.c.number.desc())
    .limit(1)
)
_NEWEST = 1_000_000
"""Above the number of each version."""
_COMMENTS = Lookup(
    select(*(number.label(status) for status, number in _OF_STATE.items()))
    .where(comment.c.contribution_id == bindparam("contribution"))
    .limit(1)
)
_OPEN_ROUND = Lookup(
    select(review_round.c.id)
    .where(
        review_round.c.contributions.contains(bindparam("contributions", type_=ARRAY(Uuid))),
        review_round.c.status != constant("complete"),
    )
    .limit(1)
)
_IS_EDITOR = Lookup(
    select(_held.principal_id)
    .where(*_of_editor, _held.scope_id == bindparam("edition", type_=Text), _held.principal_id == bindparam("account"))
    .limit(1)
)
_ACCOUNTS = Lookup(
    select(_expert.account_id)
    .where(_expert.id == any_(bindparam("experts", type_=ARRAY(Uuid))), _expert.account_id.is_not(None))
    .limit(_MOST_AUTHORS)
)
_OTHER = Lookup(
    select(_c.id)
    .where(
        _c.edition_id == bindparam("edition", type_=Uuid),
        _c.outline_key == bindparam("place"),
        _c.id != bindparam("key", type_=Uuid),
        _c.status.not_in([constant(status) for status in ("declined", "dropped")]),
    )
    .limit(1)
)
_planned = weekly_after(_c.due, REMINDED)
_TAKE = taking(
    contribution,
    _planned,
    _c.status.in_([constant(status) for status in AWAITED]),
    is_due(_planned),
    order=(_c.due,),
    most=_AT_ONCE,
)
_OF_AUTHOR = Statement(
    select(contribution)
    .where(_c.expert_ids.contains(bindparam("experts", type_=ARRAY(Uuid))))
    .order_by(_c.id)
    .with_for_update()
)
_ABANDONED = Statement(
    select(contribution)
    .select_from(contribution.join(edition, edition.c.id == _c.edition_id))
    .where(edition.c.status == constant("abandoned"), _c.status.in_([constant(status) for status in OPEN]))
    .order_by(_c.id)
    .limit(_AT_ONCE)
    .with_for_update(of=contribution, skip_locked=True)
)


async def next_number(connection: Connection, edition_id: UUID) -> int:
    """The number of the next contribution of an edition. Until the transaction ends no other one gets it."""
    await lock_names(connection, f"contributions {edition_id}")
    found: int = await _NUMBER.fetchval(connection, edition=edition_id)
    return found


async def has_version(connection: Connection, key: UUID, language: str) -> bool:
    """Whether a contribution has a version in a language."""
    return await _HAS_VERSION.fetchval(connection, contribution=key, language=language) is not None


async def current_version(connection: Connection, key: UUID, language: str, most: int | None = None) -> Row | None:
    """The newest version of a contribution in its language, by default of all; `most` is the largest number."""
    return await _CURRENT.fetchrow(connection, contribution=key, language=language, most=most or _NEWEST)


async def comments_of(connection: Connection, key: UUID) -> dict[str, int]:
    """How many comments on a contribution are in each state, withdrawn ones apart, whoever asks."""
    row = await _COMMENTS.fetchrow(connection, contribution=key)
    return {status: row[status] if row else 0 for status in COMMENTED}


async def has_open_round(connection: Connection, key: UUID) -> bool:
    """Whether a round of review with this contribution is not complete."""
    return await _OPEN_ROUND.fetchval(connection, contributions=[key]) is not None


async def is_editor(connection: Connection, edition_id: UUID, account: UUID) -> bool:
    """Whether an account has a grant as an editor over an edition."""
    return await _IS_EDITOR.fetchval(connection, edition=str(edition_id), account=account) is not None


async def accounts_of(connection: Connection, experts: Collection[UUID]) -> list[UUID]:
    """The accounts of experts."""
    return [row["account_id"] for row in await _ACCOUNTS.fetch(connection, experts=list(experts))]


async def lock_of_author(connection: Connection, expert: UUID) -> list[Contribution]:
    """The contributions of an author, locked."""
    return records_of(Contribution, await _OF_AUTHOR.fetch(connection, experts=[expert]))


async def take_reminded(connection: Connection, day: date) -> list[Contribution]:
    """Marks up to 500 contributions of whose last day the authors are to be reminded on this day, and returns them."""
    return records_of(Contribution, await _TAKE.fetch(connection, today=day))


async def lock_abandoned(connection: Connection) -> list[Contribution]:
    """Up to 500 open contributions of abandoned editions, locked."""
    return records_of(Contribution, await _ABANDONED.fetch(connection))


async def is_alone(connection: Connection, of: Contribution) -> bool:
    """Whether no other contribution is written for the same place of the edition."""
    return await _OTHER.fetchval(connection, edition=of.edition_id, place=of.outline_key, key=of.id) is None
