"""What a merge stores for its undo. Values about a person are encrypted with a key of that person, so that erasing the
person erases them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import orjson

from services.membership.register.merges.domain import Change, Values
from services.membership.register.merges.moving import Taken
from services.membership.register.merges.record import Merge
from services.membership.register.merges.subjects import Subject
from services.membership.register.merges.tables import part
from shared.audit.details import encrypt
from shared.audit.proof import canonical
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork


@dataclass(slots=True)
class UndoRecord:
    """What a merge changed. `is_unreadable`: it contains fields of an erased person."""

    changes: list[Change] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)
    demoted: set[UUID] = field(default_factory=set)
    united: list[Mapping[str, Any]] = field(default_factory=list)
    identities: list[Mapping[str, Any]] = field(default_factory=list)
    is_unreadable: bool = False


def store_undo_record(
    uow: UnitOfWork, subject: Subject, merge: Merge, changes: Iterable[Change], taken: Taken, identities: Sequence[Row]
) -> None:
    """Stores what the merge changed, with its commit."""
    winner, loser = merge.winner_id, merge.loser_id
    person = winner if subject.kind.is_personal else None

    def enter(name: str, record: UUID, detail: Mapping[str, Any], whose: UUID | None) -> None:
        entry, key, stored_detail = uuid7(), None, canonical(detail)
        if whose is not None:
            key, stored_detail = encrypt(uow, whose, entry, stored_detail)
        uow.append(part, id=entry, merge_id=merge.id, part=name, record_id=record, detail=stored_detail, detail_key=key)

    for change in changes:
        enter("field", winner, asdict(change), person)
    for row in taken.moved:
        enter("moved", row["id"], {"demoted": row["id"] in taken.demoted}, None)
    for row in taken.united:
        enter("united", row["id"], dict(row), person or row["expert_id"])
    for row in identities:
        enter("identity", loser, {"identity": row["identity"].hex(), "occurrence": row["occurrence"]}, person)


def as_json(values: Values) -> Values:
    """The values in the form of an undo record."""
    found: Values = orjson.loads(orjson.dumps(values, default=str))
    return found


def undo_record_of(parts: Iterable[tuple[str, UUID, dict[str, Any] | None]]) -> UndoRecord:
    """The undo record, as far as it can be decrypted."""
    undo_record = UndoRecord()
    for name, record, detail in parts:
        if detail is None:
            undo_record.is_unreadable = undo_record.is_unreadable or name == "field"
        elif name == "field":
            undo_record.changes.append(Change(**detail))
        elif name == "moved":
            undo_record.moved.append(record)
            undo_record.demoted |= {record} if detail["demoted"] else set()
        elif name == "united":
            undo_record.united.append(detail)
        else:
            undo_record.identities.append(detail)
    return undo_record
