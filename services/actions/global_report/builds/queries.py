"""Reading and writing builds, and what they are made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, any_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.actions.global_report.builds.domain import BUILDING, COMPLETE, FINAL, TAKEN
from services.actions.global_report.builds.tables import build, build_file
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.figures.tables import figure, figure_data
from services.actions.global_report.versions.tables import version
from services.actions.global_report.volumes.domain import BuildWarning, Passage, Whole, Writer
from services.actions.global_report.volumes.domain import Text as TextOf
from shared.contracts import views
from shared.database.context import within_context
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.records.access_scope import AccessScope, constant
from shared.records.rows import records_of

_b, _f, _v, _c = build.c, build_file.c, version.c, contribution.c
_MOST = 10_000
_of_edition = _b.edition_id == bindparam("edition", type_=Uuid)
_of_build = _f.build_id == bindparam("build", type_=Uuid)
_LIST = Statement(within_context(select(build).where(_of_edition).order_by(_b.number.desc()).limit(100)))
_FILES_OF = Statement(
    within_context(
        select(build_file)
        .where(_f.build_id == any_(bindparam("builds", type_=ARRAY(Uuid))))
        .order_by(_f.build_id, _f.name)
        .limit(_MOST)
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
_kept = (
    select(_b.number)
    .where(_of_edition, _b.kind == bindparam("kind", type_=Text))
    .order_by(_b.number.desc())
    .offset(bindparam("most", type_=Integer))
    .limit(_MOST)
)
_DROP_OLD = Statement(delete(build).where(_of_edition, _b.kind == bindparam("kind", type_=Text), _b.number.in_(_kept)))
_LAST_FINAL = Statement(
    select(build)
    .where(_of_edition, _b.kind == constant(FINAL), _b.status == constant(COMPLETE))
    .order_by(_b.number.desc())
    .limit(1)
)
_BEGIN = Statement(
    update(build)
    .where(_b.id == bindparam("key", type_=Uuid))
    .values(state=bindparam("new_state", type_=Text), warnings=[])
)
_FORGET_FILES = Statement(delete(build_file).where(_of_build))
_ADD_FILE = Statement(
    upsert(build_file)
    .values({name: bindparam(name) for name in ("build_id", "name", "language", "media_type", "sha256", "size")})
    .on_conflict_do_update(
        index_elements=[_f.build_id, _f.name],
        set_={name: bindparam(name) for name in ("language", "media_type", "sha256", "size")},
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
_UNKNOWN = Statement(select(_f.sha256).where(_f.sha256 == any_(bindparam("digests", type_=ARRAY(Text)))).distinct())
_PASSAGES = Statement(
    select(contribution)
    .where(_c.edition_id == bindparam("edition", type_=Uuid), _c.status == any_(bindparam("states", type_=ARRAY(Text))))
    .order_by(_c.number)
)
_VERSIONS = Statement(
    select(_v.contribution_id, _v.number, _v.language, _v.translates, _v.sha256, _v.created_at)
    .where(_v.contribution_id == any_(bindparam("contributions", type_=ARRAY(Uuid))))
    .order_by(_v.contribution_id, _v.number)
)
_FIGURES = Statement(
    select(figure)
    .where(figure.c.edition_id == bindparam("edition", type_=Uuid), figure.c.status != constant("dropped"))
    .order_by(figure.c.id)
)
_DATA = Statement(
    select(figure.c.key, figure_data.c.content)
    .join(figure, figure.c.id == figure_data.c.figure_id)
    .where(figure.c.edition_id == bindparam("edition", type_=Uuid), figure.c.status == constant("frozen"))
)
_NAMES = Statement(
    select(views.EXPERTS.c.id, views.EXPERTS.c.display_name).where(
        views.EXPERTS.c.id == any_(bindparam("experts", type_=ARRAY(Uuid)))
    )
)
_CONTENT = Statement(
    select(_v.content, _v.cited).where(
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


async def drop_old(connection: Connection, edition: UUID, kind: str, most: int) -> None:
    """Deletes the builds of a kind but the newest ones."""
    await _DROP_OLD.execute(connection, edition=edition, kind=kind, most=most)


async def last_final(connection: Connection, edition: UUID) -> Row | None:
    """The newest final build that is complete, within the connection's context."""
    return await _LAST_FINAL.fetchrow(connection, edition=edition)


async def begin(connection: Connection, key: UUID, state: str) -> None:
    """Notes what a build is made of, and forgets the files that were made of something else."""
    await _FORGET_FILES.execute(connection, build=key)
    await _BEGIN.execute(connection, key=key, new_state=state)


async def add_file(connection: Connection, warnings: Sequence[BuildWarning], **values: Any) -> None:
    """Enters a file of a build, and what the build says otherwise than it was asked until then."""
    await _ADD_FILE.execute(connection, **values)
    await _WARN.execute(connection, key=values["build_id"], found=list(warnings))


async def finish(connection: Connection, key: UUID, **values: Any) -> None:
    """Notes how a build ended."""
    await _FINISH.execute(connection, key=key, **values)


async def unknown(connection: Connection, digests: Sequence[str]) -> list[str]:
    """Those of the digests that are of no file."""
    known = {row["sha256"] for row in await _UNKNOWN.fetch(connection, digests=digests)}
    return [digest for digest in digests if digest not in known]


async def content_of(connection: Connection, contribution_id: UUID, number: int) -> Row:
    """The text and the references of a version. Raises LookupError."""
    row = await _CONTENT.fetchrow(connection, contribution=contribution_id, number=number)
    if row is None:
        raise LookupError("no such version")
    return row


async def whole_of(connection: Connection, edition: Edition, kind: str) -> Whole:
    """What a build of an edition prints now, within the connection's context."""
    rows = await _PASSAGES.fetch(connection, edition=edition.id, states=list(TAKEN[kind]))
    found = records_of(Contribution, rows)
    versions = await _VERSIONS.fetch(connection, contributions=[one.id for one in found])
    experts = {UUID(key) for one in found for author in one.authors if (key := author["expert_id"])}
    names = {row["id"]: row["display_name"] for row in await _NAMES.fetch(connection, experts=sorted(experts))}
    figures = records_of(Figure, await _FIGURES.fetch(connection, edition=edition.id))
    data = await _DATA.fetch(connection, edition=edition.id)
    passages = [_passage(one, [row for row in versions if row["contribution_id"] == one.id], names) for one in found]
    known = [one for one in passages if one is not None]
    latest = max((row["created_at"] for row in versions), default=edition.created_at)
    return Whole(edition, known, figures, {row["key"]: row["content"] for row in data}, edition.frozen_at or latest)


def _passage(of: Contribution, versions: Collection[Row], names: Mapping[UUID, str]) -> Passage | None:
    """A contribution with its texts; None without one in its language."""
    own = [row for row in versions if row["translates"] is None]
    if not own:
        return None
    present = own[-1]
    others = [row for row in versions if row["translates"] is not None]
    current = {row["language"]: _text(row) for row in others if row["translates"] == present["number"]}
    authors = [
        Writer(
            author["name"] or names.get(UUID(author["expert_id"] or str(UUID(int=0))), "–"),
            author["orcid"],
            author["affiliation"],
            author["roles"],
            author["corresponding"],
        )
        for author in of.authors
    ]
    return Passage(
        of.id,
        of.number,
        of.outline_key,
        of.titles,
        of.abstract,
        of.keywords,
        of.funding,
        of.conflicts,
        authors,
        _text(present),
        current,
        frozenset(row["language"] for row in others) - current.keys(),
    )


def _text(row: Row) -> TextOf:
    return TextOf(row["number"], row["language"], row["sha256"])
