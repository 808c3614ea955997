"""Reading notices, which everybody may."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.membership.register.notices import domain
from services.membership.register.notices.record import Notice
from services.membership.register.notices.tables import notice
from shared.database.statements import Connection, Row, Statement
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing

LISTING = listing(
    Notice,
    notice,
    domain.LIFECYCLE.states,
    by_itself(notice, domain.PUBLISHED),
    values("purpose", notice.c.purpose, "Purposes, separated by commas", one_of(domain.PURPOSES)),
)
_of_purpose = select(notice.c.notice_version).where(notice.c.purpose == bindparam("purpose"))
_KNOWN = Statement(_of_purpose.where(notice.c.notice_version == bindparam("version")))
_LANGUAGES = Statement(
    select(func.jsonb_object_keys(notice.c.texts).label("language")).where(
        notice.c.purpose == bindparam("purpose"), notice.c.notice_version == bindparam("version")
    )
)
_PRESENT = Statement(
    select(notice.c.purpose, notice.c.notice_version, notice.c.texts)
    .ext(distinct_on(notice.c.purpose))
    .order_by(notice.c.purpose, notice.c.created_at.desc(), notice.c.id.desc())
)
_LATEST = Statement(_of_purpose.order_by(notice.c.created_at.desc(), notice.c.id.desc()).limit(1))


async def is_known(connection: Connection, purpose: str, version: str) -> bool:
    """Whether there is this version of a purpose's text."""
    return await _KNOWN.fetchval(connection, purpose=purpose, version=version) is not None


async def latest(connection: Connection, purpose: str) -> str | None:
    """The latest version of a purpose's text."""
    found: str | None = await _LATEST.fetchval(connection, purpose=purpose)
    return found


async def present(connection: Connection) -> list[Row]:
    """The latest version of each purpose's text: `purpose`, `notice_version`, `texts`."""
    return await _PRESENT.fetch(connection)


async def languages_of(connection: Connection, purpose: str, version: str) -> frozenset[str]:
    """The languages of this version of a purpose's text; none if there is no such version."""
    return frozenset(row["language"] for row in await _LANGUAGES.fetch(connection, purpose=purpose, version=version))
