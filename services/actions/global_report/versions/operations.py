"""Taking manuscripts, and storing what was read of them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import orjson

from services.actions.global_report.contributions.domain import EDITABLE, PUBLISHED
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.editions.domain import CORRECTABLE
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.versions import queries
from services.actions.global_report.versions.document import Reading
from services.actions.global_report.versions.domain import MOST_VERSIONS
from services.actions.global_report.versions.images import Image
from services.actions.global_report.versions.tables import manuscript, version
from services.actions.settings import PUBLISHING
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, invalid_field
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.record import Parts
from shared.records.requirements import require

READ_MANUSCRIPT = "read_manuscript"
"""The job that reads a manuscript."""
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """What somebody sends: a text of this media type, its references, and of which version it is a translation."""

    content: bytes
    media_type: str
    references: Parts
    note: str | None
    language: str | None
    translates: int | None


def form_members(fields: Mapping[str, str], content: bytes) -> dict[str, object]:
    """The members of a body from the fields of a form and its file. What is no JSON stays text, which the body
    refuses."""
    members: dict[str, object] = {**fields, "file_sha256": sha256(content).hexdigest()}
    for name in ("references", "of"):
        with suppress(orjson.JSONDecodeError):
            members |= {name: orjson.loads(fields[name])} if name in fields else {}
    return members


async def take(uow: UnitOfWork, access: AccessScope, row: Row, given: Manuscript) -> UUID:
    """Stores a manuscript of a contribution and assigns it to the worker. Returns the id of the job.

    Raises Forbidden for whom may not change the contribution, Conflict if its authors do not have it and it is not
    published, Invalid for a translation without the version of which it is one.
    """
    require(access, "update", row["country"], (row["edition_id"], row["id"], *row["expert_ids"]))
    published = await _require_writable(uow, row["edition_id"], row["status"], row["published_version"])
    languages = await queries.languages_of(uow.connection, row["id"])
    if len(languages) >= MOST_VERSIONS:
        raise Conflict(f"A contribution has at most {MOST_VERSIONS} versions.")
    language = given.language or row["language"]
    is_translation = language != row["language"]
    if is_translation != (given.translates is not None):
        raise invalid_field("/of", "invalid_value", "A translation, and only that, says of which version it is one.")
    if is_translation and languages.get(given.translates or 0) != row["language"]:
        raise invalid_field("/of", "unknown_reference", "No version in the contribution's language has this number.")
    _require_unpublished(given.translates, published)
    key, author = uuid7(), uow.origin.actor.label
    uow.append(
        manuscript,
        id=key,
        contribution_id=row["id"],
        media_type=given.media_type,
        content=given.content,
        language=language,
        translates=given.translates,
        cited=given.references,
        note=given.note,
        created_by=author,
        created_at=now(),
    )
    return defer(uow, PUBLISHING, READ_MANUSCRIPT, {"manuscript": str(key)}, created_by=author)


async def store(uow: UnitOfWork, sent: Row, content: Parts, reading: Reading) -> Mapping[str, object]:
    """Stores what was read as the next version of its contribution, and returns its row. Raises Conflict if its authors
    do not have the contribution any more."""
    before = await CONTRIBUTIONS.lock(uow, sent["contribution_id"])
    await queries.forget(uow.connection, sent["id"])
    published = await _require_writable(uow, before.edition_id, before.status, before.published_version)
    _require_unpublished(sent["translates"], published)
    cited = sent["cited"]
    read = {"content": content, "language": sent["language"], "references": cited}
    row = {
        "id": sent["id"],
        "contribution_id": before.id,
        "number": await queries.next_number(uow.connection, before.id),
        "language": sent["language"],
        "translates": sent["translates"],
        "sha256": sha256(orjson.dumps(read, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        "words": sum(len(block["text"].split()) for block in reading.blocks),
        "blocks": reading.blocks,
        "content": content,
        "cited": cited,
        "warnings": reading.warnings,
        "note": sent["note"],
        "created_at": now(),
        "created_by": sent["created_by"],
        "images": reading.placed,
    }
    uow.append_row(version, row)
    placed = {one["name"] for one in reading.placed}
    printed = {one.name: one for one in reading.images.values() if isinstance(one, Image) and one.name in placed}
    for name in sorted(printed):
        await queries.add_image(uow.connection, before.id, name, printed[name].media_type, printed[name].content)
    if published is None:
        await CONTRIBUTIONS.write(uow, "add_version", before, before, fact="version_added")
    else:
        hidden = replace(before, visibility="restricted")
        CONTRIBUTIONS.record_change(uow, "add_version", hidden, hidden, "version_added")
    return row


async def _require_writable(uow: UnitOfWork, edition_id: UUID, status: str, published: int | None) -> int | None:
    """The number of the published version of a contribution whose next version an erratum would publish; None for one
    that its authors have. Raises Conflict for any other."""
    if status in EDITABLE:
        return None
    edition = await edition_of(uow.connection, edition_id) if status in PUBLISHED else None
    if edition is None or edition.status not in CORRECTABLE:
        raise Conflict("The authors do not have the contribution.", members={"current_state": status})
    return published


def _require_unpublished(translates: int | None, published: int | None) -> None:
    """Raises Conflict for a translation that would be public as soon as it is read."""
    if translates is not None and published is not None and translates <= published:
        raise Conflict("The version is published: translate a newer one, which an erratum publishes.")


async def forget_old(uow: UnitOfWork) -> None:
    """Deletes manuscripts that nobody could read in a week."""
    await queries.forget_old(uow.connection, now() - _KEPT)
