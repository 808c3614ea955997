"""Steps that time takes: nobody asks for them and no guard holds them up."""

from collections.abc import Mapping
from typing import Any

from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.kind import Kind
from shared.records.store import update_record


async def timed_step(
    uow: UnitOfWork, kind: Kind[Any], before: Row, verb: str, values: Mapping[str, Any] | None = None
) -> Row:
    """The locked record one timed step on. Raises StopIteration where its state has no such step."""
    transition = next(
        t for t in kind.lifecycle.transitions if t.timed and t.verb == verb and before["status"] in t.sources
    )
    after = await update_record(uow, kind.table, before, {"status": transition.target, **(values or {})})
    kind.tell(uow, verb, before, after, transition.fact or after["status"])
    return after
