"""Reading and storing versions and manuscripts. Row-level security shows those of contributions that are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, any_, bindparam, column, delete, func, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.versions.tables import erratum, image, manuscript, version
from services.actions.reporting.evidence.tables import evidence
from shared.contracts import views
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import SCHEMA
from shared.records.access_scope import AccessScope, constant

_v, _m, _i, _e = version.c, manuscript.c, image.c, evidence.c
_SUMMARY = tuple(
    _v[name]
    for name in ("number", "language", "translates", "sha256", "words", "warnings", "note", "created_at", "created_by")
)
_of = _v.contribution_id == bindparam("contribution")
_LIST = Statement(within_context(select(*_SUMMARY).where(_of).order_by(_v.number.desc())))
_ONE = Statement(
    within_context(
        select(*_SUMMARY, _v.blocks, _v.cited, _v.images).where(_of, _v.number == bindparam("number")).limit(1)
    )
)
_NEXT = Statement(select(func.coalesce(func.max(_v.number), 0) + 1).where(_of))
_LANGUAGES = Statement(select(_v.number, _v.language).where(_of))
_figure = table("action_figure", column("edition_id", Uuid), column("key", Text), column("status", Text), schema=SCHEMA)
"""What is read here of figures, whose rules build on contributions and their versions."""
_FIGURES = Statement(
    select(_figure.c.key)
    .select_from(_figure.join(contribution, contribution.c.edition_id == _figure.c.edition_id))
    .where(contribution.c.id == bindparam("contribution"), _figure.c.status != constant("dropped"))
)
_REPLACED = Statement(
    within_context(select(erratum.c.replaces).where(erratum.c.contribution_id == bindparam("contribution")))
)
_sender = (
    select(views.EXPERTS.c.id)
    .where(
        views.EXPERTS.c.account_id == bindparam("account", type_=Uuid),
        views.EXPERTS.c.merged_into.is_(None),
        views.EXPERTS.c.erased_at.is_(None),
    )
    .scalar_subquery()
)
_refs, _ids = any_(bindparam("refs", type_=ARRAY(Text))), any_(bindparam("ids", type_=ARRAY(Uuid)))
_EVIDENCE = Statement(
    select(_e.id, _e.ref, _e.sha256).where(
        or_(_e.ref == _refs, _e.id == _ids),
        _e.status == constant("available"),
        _e.size <= bindparam("most", type_=Integer),
        or_(_e.visibility == constant("public"), _e.scope_id == _sender),
    )
)
_IMAGE = Statement(
    within_context(select(image).where(_i.contribution_id == bindparam("contribution"), _i.name == bindparam("name")))
)
_ADD_IMAGE = Statement(
    upsert(image)
    .values({name: bindparam(name) for name in ("contribution_id", "name", "media_type", "content")})
    .on_conflict_do_nothing()
)
_BY_ID = Statement(select(*_SUMMARY, _v.blocks).where(_v.id == bindparam("key")))
_MANUSCRIPT = Statement(select(manuscript).where(_m.id == bindparam("key")))
_FORGET = Statement(delete(manuscript).where(_m.id == bindparam("key")))
_FORGET_OLD = Statement(delete(manuscript).where(_m.created_at < bindparam("before")))


async def versions_of(connection: Connection, access: AccessScope, contribution: UUID) -> list[Row]:
    """The versions of a contribution, the newest first, without their blocks."""
    return await _LIST.fetch(connection, contribution=contribution, **access.parameters)


async def version_of(connection: Connection, access: AccessScope, contribution: UUID, number: int) -> Row | None:
    """A version with its blocks and references."""
    return await _ONE.fetchrow(connection, contribution=contribution, number=number, **access.parameters)


async def replaced_in(connection: Connection, access: AccessScope, contribution: UUID) -> set[int]:
    """The numbers of the versions that were published before an erratum."""
    rows = await _REPLACED.fetch(connection, contribution=contribution, **access.parameters)
    return {row["replaces"] for row in rows}


async def languages_of(connection: Connection, contribution: UUID) -> Mapping[int, str]:
    """The language of each version of a contribution by its number, within the connection's context."""
    return {row["number"]: row["language"] for row in await _LANGUAGES.fetch(connection, contribution=contribution)}


async def figures_of(connection: Connection, contribution_id: UUID) -> set[str]:
    """The keys of the figures of a contribution's edition, within the connection's context."""
    return {row["key"] for row in await _FIGURES.fetch(connection, contribution=contribution_id)}


async def evidence_of(
    connection: Connection, account: UUID | None, refs: Sequence[str], ids: Sequence[UUID], most: int
) -> list[Row]:
    """The available files of evidence with these refs or ids and at most so many bytes that are public, or of the
    expert who owns the account."""
    return await _EVIDENCE.fetch(connection, account=account, refs=refs, ids=ids, most=most)


async def add_image(connection: Connection, contribution: UUID, name: str, media_type: str, content: bytes) -> None:
    """Stores the file of an image, unless another version of the contribution has the same."""
    about = {"contribution_id": contribution, "name": name, "media_type": media_type}
    await _ADD_IMAGE.execute(connection, **about, content=content)


async def image_of(connection: Connection, access: AccessScope, contribution: UUID, name: str) -> Row | None:
    """The file of an image of a contribution."""
    return await _IMAGE.fetchrow(connection, contribution=contribution, name=name, **access.parameters)


async def by_id(connection: Connection, key: UUID) -> Row | None:
    """The version that was read of a manuscript, within the connection's context."""
    return await _BY_ID.fetchrow(connection, key=key)


async def manuscript_of(connection: Connection, key: UUID) -> Row | None:
    """A manuscript that waits to be read."""
    return await _MANUSCRIPT.fetchrow(connection, key=key)


async def next_number(connection: Connection, contribution: UUID) -> int:
    """The number of the next version of a contribution, which is locked."""
    found: int = await _NEXT.fetchval(connection, contribution=contribution)
    return found


async def forget(connection: Connection, key: UUID) -> None:
    """Deletes a manuscript."""
    await _FORGET.execute(connection, key=key)


async def forget_old(connection: Connection, before: datetime) -> None:
    """Deletes manuscripts that came before an instant."""
    await _FORGET_OLD.execute(connection, before=before)
