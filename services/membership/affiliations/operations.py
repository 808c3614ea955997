"""Writing affiliations. They live with their expert: its country, its visibility, its history's reader."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, column, func, insert, select, table, update

from services.membership.affiliations import queries
from services.membership.duplicates.operations import look_at
from services.membership.experts.tables import affiliation, expert
from shared.database.statements import Row, Shapes, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, NotFound, VersionConflict, invalid_field
from shared.kernel.ids import uuid7
from shared.kernel.resource import Resource
from shared.records.changes import record_change

AFFILIATIONS = Resource("membership", "affiliations", "affiliation")
MOST_PER_EXPERT = 200
WRITABLE = ("institution_id", "raw", "role", "unit", "starts", "ends", "is_primary")
_institution = table("member_institution", column("id"), column("merged_into"), schema="escm")
_KNOWN_INSTITUTION = Statement(
    select(_institution.c.id).where(_institution.c.id == bindparam("key"), _institution.c.merged_into.is_(None))
)
_LIVING = Statement(
    select(expert.c.id)
    .where(expert.c.id == bindparam("key"), expert.c.merged_into.is_(None))
    .with_for_update(read=True, key_share=True)
)
_COUNT = Statement(select(func.count()).where(affiliation.c.expert_id == bindparam("expert")))


def _update(names: tuple[str, ...]) -> Any:
    matched = (affiliation.c.id == bindparam("key"), affiliation.c.version == bindparam("seen"))
    return update(affiliation).where(*matched).values({name: bindparam(name) for name in names}).returning(affiliation)


_UPDATES = Shapes(_update)
_INSERT = Statement(
    insert(affiliation)
    .values({name: bindparam(name) for name in [column.key for column in affiliation.c]})
    .returning(affiliation)
)


async def create(uow: UnitOfWork, owner: Row, values: Mapping[str, Any], *, asserted_by: str) -> Row:
    """A further affiliation of an expert. `asserted_by`: self, secretariat, institution, import.

    Raises Invalid where the institution is not known to the caller, Conflict beyond 200 and where the expert was merged
    into another in the meantime.
    """
    if await _LIVING.fetchval(uow.connection, key=owner["id"]) is None:
        raise Conflict("The expert was merged into another.")
    await _require_institution(uow, values["institution_id"])
    if await _COUNT.fetchval(uow.connection, expert=owner["id"]) >= MOST_PER_EXPERT:
        raise Conflict(f"An expert has at most {MOST_PER_EXPERT} affiliations.")
    instant = now()
    row = await _INSERT.fetchrow(
        uow.connection,
        id=uuid7(),
        expert_id=owner["id"],
        country=owner["country"],
        visibility=owner["visibility"],
        version=1,
        asserted_by=asserted_by,
        created_at=instant,
        updated_at=instant,
        **values,
    )
    if row is None:
        raise NotFound
    tell(uow, owner, "create", None, row)
    look_at(uow, "experts", owner["id"])
    return row


async def change(uow: UnitOfWork, owner: Row, seen: Row, values: Mapping[str, Any]) -> Row:
    """The affiliation with new values; where nothing differs, nothing is written and the version stays."""
    before = await queries.lock(uow.connection, seen["id"])
    if before is None:
        raise NotFound
    if before["version"] != seen["version"]:
        raise VersionConflict("The affiliation changed in the meantime.")
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return before
    if "institution_id" in changed:
        await _require_institution(uow, changed["institution_id"])
    row = {**changed, "version": before["version"] + 1, "updated_at": now()}
    statement = _UPDATES.get(tuple(row))
    after = await statement.fetchrow(uow.connection, key=before["id"], seen=before["version"], **row)
    if after is None:
        raise VersionConflict("The affiliation changed in the meantime.")
    tell(uow, owner, "update", before, after)
    look_at(uow, "experts", owner["id"])
    return after


async def _require_institution(uow: UnitOfWork, institution: UUID | None) -> None:
    if institution is not None and not await _KNOWN_INSTITUTION.fetchval(uow.connection, key=institution):
        raise invalid_field("/institution_id", "unknown_institution", "There is no such institution.")


def tell(uow: UnitOfWork, owner: Row, action: str, before: Row | None, after: Mapping[str, Any]) -> None:
    """The audit entry and the fact of one change; `action` is `create`, `update` or `delete`."""

    def state(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "ref": owner["ref"], "status": owner["status"]}

    record_change(
        uow,
        AFFILIATIONS,
        action,
        before=state(before) if before else None,
        after=state(after),
        fields=(*WRITABLE, "expert_id") if before and before["expert_id"] != after["expert_id"] else WRITABLE,
        fact=f"{action}d",
        link=f"/membership/v1/experts/{owner['id']}/affiliations/{after['id']}",
        person=owner["id"],
    )
