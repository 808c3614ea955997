"""Reading and writing who consents to be named."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, delete, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.actions.global_report.contributions.participants import REVIEWING
from services.actions.global_report.contributions.tables import contribution, reviewer
from services.actions.global_report.review.comments.tables import comment, naming
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant

_n, _c, _expert = naming.c, comment.c, views.EXPERTS.c
_MOST = 1_000
_account = bindparam("account", type_=Uuid)
_edition = bindparam("edition", type_=Uuid)
_own = bindparam("own", type_=ARRAY(Uuid))
_LIST = Lookup(select(naming).where(_n.account_id == _account).order_by(_n.consented_at.desc(), _n.id).limit(_MOST))
_ONE = Lookup(select(naming).where(_n.account_id == _account, _n.edition_id == _edition).limit(1))
_OF_EXPERT = Lookup(
    select(naming)
    .where(
        _n.account_id
        == select(_expert.account_id).where(_expert.id == bindparam("expert", type_=Uuid)).scalar_subquery()
    )
    .limit(_MOST)
)
_NAME = Lookup(
    select(_expert.display_name)
    .where(_expert.account_id == _account, _expert.merged_into.is_(None), _expert.erased_at.is_(None))
    .limit(1)
)
_said = select(literal(1).label("part")).where(
    _c.edition_id == _edition,
    _c.status != constant("withdrawn"),
    or_(_c.by_id == _account, _c.answered_by_id == _account),
)
_reviewed = (
    select(literal(1).label("part"))
    .select_from(reviewer.join(contribution, contribution.c.id == reviewer.c.contribution_id))
    .where(
        contribution.c.edition_id == _edition,
        reviewer.c.expert_id == any_(_own),
        reviewer.c.status.in_([constant(status) for status in REVIEWING]),
    )
)
_written = select(literal(1).label("part")).where(
    contribution.c.edition_id == _edition, contribution.c.expert_ids.overlap(_own)
)
_PART = Lookup(select(union_all(_said, _reviewed, _written).subquery()).limit(1))
_STORE = Statement(
    upsert(naming)
    .values(
        id=bindparam("key", type_=Uuid),
        edition_id=_edition,
        account_id=_account,
        name=bindparam("name", type_=Text),
        consented_at=bindparam("at", type_=Instant),
    )
    .on_conflict_do_update(index_elements=[_n.edition_id, _n.account_id], set_={"name": bindparam("name", type_=Text)})
    .returning(*naming.c)
)
_FORGET = Statement(delete(naming).where(_n.id == bindparam("key", type_=Uuid)))


async def all_of_account(connection: Connection, account: UUID) -> list[Row]:
    """The consents of an account, the newest first; at most 1,000."""
    return await _LIST.fetch(connection, account=account)


async def of_account(connection: Connection, account: UUID, edition: UUID) -> Row | None:
    """The consent of an account to be named with an edition."""
    return await _ONE.fetchrow(connection, account=account, edition=edition)


async def of_expert(connection: Connection, expert: UUID) -> list[Row]:
    """The consents of an expert's account."""
    return await _OF_EXPERT.fetch(connection, expert=expert)


async def name_of(connection: Connection, account: UUID) -> str | None:
    """The name that the register has of the person with an account."""
    found: str | None = await _NAME.fetchval(connection, account=account)
    return found


async def takes_part(connection: Connection, edition: UUID, account: UUID, own: Sequence[UUID]) -> bool:
    """Whether an account, or the person with these records, has commented, answered, reviewed or written in an
    edition."""
    return await _PART.fetchval(connection, edition=edition, account=account, own=list(own)) is not None


async def store(connection: Connection, key: UUID, edition: UUID, account: UUID, name: str, at: datetime) -> Row:
    """Enters a consent, or its new name. Raises LookupError where the context may not."""
    row = await _STORE.fetchrow(connection, key=key, edition=edition, account=account, name=name, at=at)
    if row is None:
        raise LookupError("no consent was stored")
    return row


async def forget(connection: Connection, key: UUID) -> None:
    """Deletes a consent."""
    await _FORGET.execute(connection, key=key)
