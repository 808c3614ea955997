"""The audit entry and the fact of a changed affiliation, for operations on one and on many."""

from collections.abc import Mapping
from typing import Any

from shared.database.unit_of_work import UnitOfWork
from shared.kernel.resource import Resource
from shared.records.changes import record_change

AFFILIATIONS = Resource("membership", "affiliations", "affiliation")
TRACKED = ("institution_id", "raw", "role", "unit", "starts", "ends", "is_primary", "match")


def record_affiliation_change(
    uow: UnitOfWork,
    owner: Mapping[str, Any],
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    """Records one change from the columns before and after it. Reads `ref` and `status` of the owner."""

    def state(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "ref": owner["ref"], "status": owner["status"]}

    record_change(
        uow,
        AFFILIATIONS,
        action,
        before=state(before) if before else None,
        after=state(after),
        fields=(*TRACKED, "expert_id") if before and before["expert_id"] != after["expert_id"] else TRACKED,
        fact={"create": "created", "delete": "deleted"}.get(action, "updated"),
        reason=reason,
        link=f"/membership/v1/experts/{after['expert_id']}/affiliations/{after['id']}",
        person=after["expert_id"],
    )
