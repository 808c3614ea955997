"""Reading errata. Row-level security shows those of contributions that are shown."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, or_, select

from services.actions.global_report.editions.domain import MOST_ISSUES
from services.actions.global_report.versions.tables import erratum, version
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessScope

_e, _v = erratum.c, version.c
_of = _e.contribution_id == bindparam("contribution", type_=Uuid)
_LIST = Statement(within_context(select(erratum).where(_of).order_by(_e.issue.desc()).limit(MOST_ISSUES)))
_LIST_OF_EDITION = Statement(
    within_context(
        select(erratum)
        .where(_e.edition_id == bindparam("edition", type_=Uuid))
        .order_by(_e.issue.desc())
        .limit(MOST_ISSUES)
    )
)
_named = or_(_e.issue == bindparam("issue", type_=Integer), _e.id == bindparam("key", type_=Uuid))
_ONE = Statement(within_context(select(erratum).where(_of, _named).limit(1)))
_VERSION = Lookup(
    select(_v.language, _v.translates)
    .where(_v.contribution_id == bindparam("contribution", type_=Uuid), _v.number == bindparam("number", type_=Integer))
    .limit(1)
)


async def errata_of(connection: Connection, access: AccessScope, contribution: UUID) -> list[Row]:
    """The errata of a contribution, the newest first."""
    return await _LIST.fetch(connection, contribution=contribution, **access.parameters)


async def errata_of_edition(connection: Connection, access: AccessScope, edition: UUID) -> list[Row]:
    """The errata of all contributions to an edition that the caller reads, the newest first."""
    return await _LIST_OF_EDITION.fetch(connection, edition=edition, **access.parameters)


async def erratum_of(connection: Connection, access: AccessScope, contribution: UUID, named: int | UUID) -> Row | None:
    """The erratum of a contribution with this id, or that made this issue of its edition."""
    key, issue = (named, None) if isinstance(named, UUID) else (None, named)
    return await _ONE.fetchrow(connection, contribution=contribution, key=key, issue=issue, **access.parameters)


async def version_of(connection: Connection, contribution: UUID, number: int) -> Row | None:
    """The language of a version, and what it translates, whatever the caller may read."""
    return await _VERSION.fetchrow(connection, contribution=contribution, number=number)
