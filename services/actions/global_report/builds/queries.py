"""Reading and writing builds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.actions.global_report.builds.domain import BUILDING, COMPLETE, FINAL
from services.actions.global_report.builds.tables import build, build_file, build_part
from services.actions.global_report.versions.tables import image, version
from services.actions.global_report.volumes.domain import BuildWarning
from shared.database.context import Lookup, within_context
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessScope, constant

_b, _f, _p, _v = build.c, build_file.c, build_part.c, version.c
_MOST = 10_000
_MOST_FILES = 200_000
_OF_FILE = ("language", "media_type", "sha256", "size", "contribution")
_of_edition = _b.edition_id == bindparam("edition", type_=Uuid)
_of_build = _f.build_id == bindparam("build", type_=Uuid)
_LIST = Statement(within_context(select(build).where(_of_edition).order_by(_b.number.desc()).limit(100)))
_FILES_OF = Statement(
    within_context(
        select(build_file)
        .where(_f.build_id == any_(bindparam("builds", type_=ARRAY(Uuid))))
        .order_by(_f.build_id, _f.name)
        .limit(_MOST_FILES)
    )
)
_FILE = Statement(
    within_context(
        select(build_file)
        .join(build, _b.id == _f.build_id)
        .where(_of_edition, _b.number == bindparam("number", type_=Integer), _f.name == bindparam("name", type_=Text))
        .limit(1)
    )
)
_BY_ID = Statement(select(build).where(_b.id == bindparam("key", type_=Uuid)))
_LOCKED = Statement(select(build).where(_b.id == bindparam("key", type_=Uuid)).with_for_update())
_OF_BUILD = Statement(select(build_file).where(_of_build).order_by(_f.name))
_NEXT = Statement(select(func.coalesce(func.max(_b.number), 0) + 1).where(_of_edition))
_OPEN = Statement(
    select(_b.number)
    .where(_of_edition, _b.status == constant(BUILDING), _b.created_at > bindparam("since", type_=Instant))
    .limit(1)
)
_of_issue = (_of_edition, _b.kind == bindparam("kind", type_=Text), _b.issue == bindparam("of_issue", type_=Integer))
_kept = (
    select(_b.number).where(*_of_issue).order_by(_b.number.desc()).offset(bindparam("most", type_=Integer)).limit(_MOST)
)
_DROP_OLD = Statement(delete(build).where(*_of_issue, _b.number.in_(_kept)))
_LAST_FINAL = Lookup(
    select(build)
    .where(_of_edition, _b.kind == constant(FINAL), _b.status == constant(COMPLETE))
    .order_by(_b.number.desc())
    .limit(1)
)
_BEGIN = Statement(
    update(build)
    .where(_b.id == bindparam("key", type_=Uuid))
    .values(
        state=bindparam("new_state", type_=Text),
        retracted=bindparam("is_retracted", type_=Boolean),
        warnings=[],
    )
)
_FORGET_FILES = Statement(delete(build_file).where(_of_build))
_ADD_FILE = Statement(
    upsert(build_file)
    .values({name: bindparam(name) for name in ("build_id", "name", *_OF_FILE)})
    .on_conflict_do_update(
        index_elements=[_f.build_id, _f.name],
        set_={name: bindparam(name) for name in _OF_FILE},
    )
)
_WARN = Statement(
    update(build)
    .where(_b.id == bindparam("key", type_=Uuid))
    .values(warnings=bindparam("found", type_=build.c.warnings.type))
)
_FINISH = Statement(
    update(build)
    .where(_b.id == bindparam("key", type_=Uuid))
    .values(
        status=bindparam("new_status", type_=Text),
        warnings=bindparam("found", type_=build.c.warnings.type),
        problem=bindparam("refusal", type_=Text),
        release=bindparam("by_release", type_=Text),
        finished_at=bindparam("at", type_=Instant),
    )
)
_asked = any_(bindparam("digests", type_=ARRAY(Text)))
_UNKNOWN = Statement(union(select(_f.sha256).where(_f.sha256 == _asked), select(_p.sha256).where(_p.sha256 == _asked)))
_part_of = _p.edition_id == bindparam("edition", type_=Uuid)
_PARTS = Statement(select(_p.digest, _p.sha256).where(_part_of))
_ADD_PART = Statement(
    upsert(build_part)
    .values({name: bindparam(name) for name in ("edition_id", "digest", "sha256", "size", "used_at")})
    .on_conflict_do_update(
        index_elements=[_p.edition_id, _p.digest],
        set_={name: bindparam(name) for name in ("sha256", "size", "used_at")},
    )
)
_USE_PARTS = Statement(
    update(build_part).where(_part_of, _p.digest == _asked).values(used_at=bindparam("at", type_=Instant))
)
_newest = (_p.used_at.desc(), _p.digest)
_kept_parts = select(
    _p.edition_id,
    _p.digest,
    _p.used_at,
    func.row_number().over(partition_by=_p.edition_id, order_by=_newest).label("place"),
    func.sum(_p.size).over(partition_by=_p.edition_id, order_by=_newest).label("bytes"),
).subquery()
_FORGET_PARTS = Statement(
    delete(build_part).where(
        tuple_(_p.edition_id, _p.digest).in_(
            select(_kept_parts.c.edition_id, _kept_parts.c.digest).where(
                or_(
                    _kept_parts.c.used_at < bindparam("before", type_=Instant),
                    _kept_parts.c.place > bindparam("most", type_=Integer),
                    _kept_parts.c.bytes > bindparam("most_bytes", type_=BigInteger),
                )
            )
        )
    )
)
_IMAGES = Statement(
    select(image.c.name, image.c.media_type, image.c.content)
    .where(
        image.c.contribution_id == bindparam("contribution", type_=Uuid),
        image.c.name == any_(bindparam("names", type_=ARRAY(Text))),
    )
    .order_by(image.c.name)
)
_CONTENT = Statement(
    select(_v.content, _v.cited, _v.images).where(
        _v.contribution_id == bindparam("contribution", type_=Uuid), _v.number == bindparam("number", type_=Integer)
    )
)


@dataclass(frozen=True, slots=True)
class Built:
    """A build with its files."""

    row: Row
    files: Sequence[Row]


async def builds_of(connection: Connection, access: AccessScope, edition: UUID) -> list[Built]:
    """The builds of an edition that the caller may read, the newest first, with their files."""
    rows = await _LIST.fetch(connection, edition=edition, **access.parameters)
    files = await _FILES_OF.fetch(connection, builds=[row["id"] for row in rows], **access.parameters)
    return [Built(row, [one for one in files if one["build_id"] == row["id"]]) for row in rows]


async def file_of(connection: Connection, access: AccessScope, edition: UUID, number: int, name: str) -> Row | None:
    """A file of a build that the caller may read."""
    return await _FILE.fetchrow(connection, edition=edition, number=number, name=name, **access.parameters)


async def by_id(connection: Connection, key: UUID) -> Row | None:
    """A build, within the connection's context."""
    return await _BY_ID.fetchrow(connection, key=key)


async def locked(connection: Connection, key: UUID) -> Row | None:
    """A build, locked."""
    return await _LOCKED.fetchrow(connection, key=key)


async def files_of(connection: Connection, key: UUID) -> list[Row]:
    """The files of a build, within the connection's context."""
    return await _OF_BUILD.fetch(connection, build=key)


async def next_number(connection: Connection, edition: UUID) -> int:
    """The number of the next build of an edition. Until the transaction ends no other one gets it."""
    await lock_names(connection, f"builds {edition}")
    found: int = await _NEXT.fetchval(connection, edition=edition)
    return found


async def is_building(connection: Connection, edition: UUID, since: datetime) -> bool:
    """Whether a build that was ordered after an instant has not ended."""
    return await _OPEN.fetchval(connection, edition=edition, since=since) is not None


async def drop_old(connection: Connection, edition: UUID, kind: str, issue: int, most: int) -> None:
    """Deletes the builds of a kind and issue but the newest ones."""
    await _DROP_OLD.execute(connection, edition=edition, kind=kind, of_issue=issue, most=most)


async def last_final(connection: Connection, edition: UUID) -> Row | None:
    """The newest final build that is complete, whatever the caller may read."""
    return await _LAST_FINAL.fetchrow(connection, edition=edition)


async def begin(connection: Connection, key: UUID, state: str, *, is_retracted: bool) -> None:
    """Notes what a build is made of, and forgets the files that were made of something else."""
    await _FORGET_FILES.execute(connection, build=key)
    await _BEGIN.execute(connection, key=key, new_state=state, is_retracted=is_retracted)


async def add_file(connection: Connection, warnings: Sequence[BuildWarning], **values: Any) -> None:
    """Enters a file of a build, and what the build says otherwise than it was asked until then."""
    await _ADD_FILE.execute(connection, **values)
    await _WARN.execute(connection, key=values["build_id"], found=list(warnings))


async def finish(connection: Connection, key: UUID, **values: Any) -> None:
    """Notes how a build ended."""
    await _FINISH.execute(connection, key=key, **values)


async def parts_of(connection: Connection, edition: UUID) -> dict[str, str]:
    """The files of the parts of an edition, by the digests of what they were made of."""
    return {row["digest"]: row["sha256"] for row in await _PARTS.fetch(connection, edition=edition)}


async def add_part(connection: Connection, edition: UUID, digest: str, sha256: str, size: int, at: datetime) -> None:
    """Enters a part of an edition, which stands in the store."""
    await _ADD_PART.execute(connection, edition_id=edition, digest=digest, sha256=sha256, size=size, used_at=at)


async def use_parts(connection: Connection, edition: UUID, digests: Sequence[str], at: datetime) -> None:
    """Notes when parts of an edition were used."""
    await _USE_PARTS.execute(connection, edition=edition, digests=list(digests), at=at)


async def forget_parts(connection: Connection, before: datetime, most: int, most_bytes: int) -> None:
    """Forgets the parts that no build has used since an instant, and those of an edition beyond so many or so many
    bytes."""
    await _FORGET_PARTS.execute(connection, before=before, most=most, most_bytes=most_bytes)


async def unknown(connection: Connection, digests: Sequence[str]) -> list[str]:
    """Those of the digests that are of no file and no part."""
    known = {row["sha256"] for row in await _UNKNOWN.fetch(connection, digests=digests)}
    return [digest for digest in digests if digest not in known]


async def content_of(connection: Connection, contribution_id: UUID, number: int) -> Row:
    """The text, the references and the images of a version. Raises LookupError."""
    row = await _CONTENT.fetchrow(connection, contribution=contribution_id, number=number)
    if row is None:
        raise LookupError("no such version")
    return row


async def images_of(connection: Connection, contribution_id: UUID, names: Sequence[str]) -> list[Row]:
    """The files of images of a contribution."""
    return await _IMAGES.fetch(connection, contribution=contribution_id, names=names)
