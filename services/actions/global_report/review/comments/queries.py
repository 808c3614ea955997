"""Reading comments: editors read all of an edition, authors those on their contributions, others their own, and
everybody those that were published."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, case, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.global_report.contributions.participants import with_hidden
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.review.comments.domain import KINDS, LIFECYCLE, PUBLISHED
from services.actions.global_report.review.comments.record import Comment
from services.actions.global_report.review.comments.tables import comment, naming
from services.actions.global_report.review.rounds.domain import REVIEWED
from services.actions.global_report.review.rounds.record import ReviewRound
from services.actions.global_report.review.rounds.tables import review_round
from services.actions.global_report.versions.domain import Block
from services.actions.global_report.versions.tables import version
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.listing import Item, Listing, one_of, values
from shared.records.next_steps import ME, NextStep, NextSteps
from shared.records.plain import listing, without
from shared.records.rows import records_of

_c = comment.c
_text, _expert = contribution.c, views.EXPERTS.c
_author = (
    select(_expert.account_id)
    .select_from(contribution.join(views.EXPERTS, _expert.id == any_(_text.expert_ids)))
    .where(
        _text.id == _c.contribution_id,
        _text.status.in_([constant(status) for status in REVIEWED]),
        _expert.account_id == ME,
    )
    .limit(1)
    .correlate(comment)
    .scalar_subquery()
)
"""The caller's account, if it is that of an author, while the contribution is reviewed."""
NEXT_STEPS = NextSteps(
    "actions.comments", comment, (NextStep("open", "answer", _author, is_personal=True),), scope=_c.edition_id
)
_TEXTS = ARRAY(Text)
_chapters = bindparam("chapters", type_=_TEXTS)
_MOST = 10_000


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(comment)
    if access_kind is AccessKind.EVERYWHERE:
        return query
    published = visible(comment, access_kind, PUBLISHED)
    if access_kind is AccessKind.ANONYMOUS:
        return query.where(published)
    records = any_(bindparam("granted_records", type_=_TEXTS))
    named = (cast(column, Text) == records for column in (_c.edition_id, _c.contribution_id, _c.by_id))
    return query.where(or_(published, _c.country == any_(bindparam("granted_countries", type_=_TEXTS)), *named))


_LISTED = listing(
    Comment,
    comment,
    LIFECYCLE.states,
    _visible,
    values("kind", _c.kind, "Kinds, separated by commas", one_of(KINDS)),
    values("chapter", _c.chapter, "Keys of places of the outline, separated by commas"),
    NEXT_STEPS.holder,
)
LISTING: Listing = replace(
    without(_LISTED, "by_id", "answered_by_id"),
    sorts={**_LISTED.sorts, "number": _c.number},
    item=Item(
        columns={
            "is_hidden": (cast(_c.contribution_id, Text) == any_(bindparam("hidden", type_=_TEXTS))).label("is_hidden")
        }
    ),
    parameters_of=with_hidden,
)
"""Nobody filters by who commented or answered, whom the other side might not know. `is_hidden`: the caller is an author
who does not."""
_NUMBER = Lookup(
    select(func.coalesce(func.max(_c.number), 0) + 1).where(_c.edition_id == bindparam("edition", type_=Uuid)).limit(1)
)
_STATES = Lookup(
    select(contribution.c.status, contribution.c.language, review_round.c.status.label("round_status"))
    .select_from(contribution.outerjoin(review_round, review_round.c.id == bindparam("round", type_=Uuid)))
    .where(contribution.c.id == bindparam("contribution", type_=Uuid))
    .limit(1)
)
_NAMED = Lookup(
    select(contribution)
    .where(or_(contribution.c.ref == any_(_chapters), contribution.c.outline_key == any_(_chapters)))
    .order_by(contribution.c.id)
    .limit(_MOST)
)
_ROUNDS = Lookup(
    select(review_round)
    .where(
        review_round.c.contributions.overlap(bindparam("contributions", type_=ARRAY(Uuid))),
        review_round.c.status == constant("open"),
    )
    .order_by(review_round.c.id)
    .limit(_MOST)
)
_SAID = Lookup(
    select(_c.id, _c.edition_id, _c.contribution_id, _c.by_id, _c.number, _c.from_block, _c.to_block, _c.text)
    .where(
        _c.contribution_id == any_(bindparam("contributions", type_=ARRAY(Uuid))), _c.status != constant("withdrawn")
    )
    .order_by(_c.id)
    .limit(200_000)
)
_VERSION = Lookup(
    select(version.c.number, version.c.blocks)
    .where(version.c.contribution_id == bindparam("contribution"), version.c.language == bindparam("language"))
    .order_by(version.c.number.desc())
    .limit(1)
)
_HAS_VERSION = Lookup(
    select(version.c.number)
    .where(version.c.contribution_id == bindparam("contribution"), version.c.number == bindparam("number"))
    .limit(1)
)


def _name_of(account: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name of an account that consents to be named with the edition."""
    of_edition = (naming.c.edition_id == _c.edition_id, naming.c.account_id == account)
    return select(naming.c.name).where(*of_edition).correlate(comment).scalar_subquery()


_PUBLISH = Statement(
    update(comment)
    .where(
        _c.contribution_id == any_(bindparam("contributions", type_=ARRAY(Uuid))),
        _c.status.in_([constant(status) for status in sorted(PUBLISHED)]),
    )
    .values(
        visibility=bindparam("audience", type_=Text),
        commenter=_name_of(_c.by_id),
        answerer=_name_of(_c.answered_by_id),
        version=_c.version + 1,
        updated_at=bindparam("at", type_=Instant),
        updated_by=bindparam("actor", type_=Text),
    )
)

_named = bindparam("named", type_=Text)
_account = bindparam("account", type_=Uuid)
_NAME = Statement(
    update(comment)
    .where(
        _c.edition_id == bindparam("edition", type_=Uuid),
        _c.visibility != constant("restricted"),
        or_(_c.by_id == _account, _c.answered_by_id == _account),
    )
    .values(
        commenter=case((_c.by_id == _account, _named), else_=_c.commenter),
        answerer=case((_c.answered_by_id == _account, _named), else_=_c.answerer),
        version=_c.version + 1,
        updated_at=bindparam("at", type_=Instant),
        updated_by=bindparam("actor", type_=Text),
    )
)


async def publish(
    connection: Connection, contributions: Collection[UUID], audience: str, at: datetime, actor: str
) -> None:
    """Publishes the comments on these contributions that have an answer, with the names of who consents to it."""
    await _PUBLISH.execute(connection, contributions=list(contributions), audience=audience, at=at, actor=actor)


async def name(
    connection: Connection, edition: UUID, account: UUID, named: str | None, at: datetime, actor: str
) -> None:
    """Names an account, or with None no more, with its comments and answers that an edition has published."""
    await _NAME.execute(connection, edition=edition, account=account, named=named, at=at, actor=actor)


async def next_number(connection: Connection, edition: UUID) -> int:
    """The number of the next comment on an edition, whose lock the caller holds."""
    found: int = await _NUMBER.fetchval(connection, edition=edition)
    return found


async def states_of(connection: Connection, contribution: UUID, round_id: UUID) -> Row | None:
    """State and language of a contribution, and the state of a round, as they are now."""
    return await _STATES.fetchrow(connection, contribution=contribution, round=round_id)


async def current_blocks(connection: Connection, contribution: UUID, language: str) -> tuple[int, list[Block]] | None:
    """The number and the blocks of the newest version in a language."""
    row = await _VERSION.fetchrow(connection, contribution=contribution, language=language)
    return (row["number"], row["blocks"]) if row else None


async def has_version(connection: Connection, contribution: UUID, number: int) -> bool:
    """Whether a contribution has a version of this number."""
    return await _HAS_VERSION.fetchval(connection, contribution=contribution, number=number) is not None


async def contributions_named(connection: Connection, chapters: Collection[str]) -> list[Contribution]:
    """The contributions with these refs, or at places of these keys, of every edition."""
    return records_of(Contribution, await _NAMED.fetch(connection, chapters=sorted(chapters)))


async def open_rounds(connection: Connection, contributions: Collection[UUID]) -> list[ReviewRound]:
    """The open rounds with one of these contributions."""
    return records_of(ReviewRound, await _ROUNDS.fetch(connection, contributions=list(contributions)))


async def said_about(connection: Connection, contributions: Collection[UUID]) -> list[Row]:
    """The comments on these contributions that were not withdrawn, by whomever."""
    return await _SAID.fetch(connection, contributions=list(contributions))
