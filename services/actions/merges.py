"""What actions does about merges of experts and institutions: its references follow."""

from collections.abc import Mapping
from typing import Any

from services.actions.delivery.operations import ACTIONS
from services.actions.government.operations import FOCAL_POINTS
from shared.database.statements import Row
from shared.records.following import Ids, Reference, ReferenceRewriter, in_documents, moves_table, single

_MOVES = moves_table("action_reference_move")


def _is(row: Row, ids: Ids) -> Mapping[str, Any]:
    return {"expert_id": ids[0], "person": {**row["person"], "expert_id": str(ids[0])}}


_BY_COLUMN = single(FOCAL_POINTS, "expert_id")
_FOCAL_POINT = Reference(FOCAL_POINTS, "expert_id", _BY_COLUMN.names, _BY_COLUMN.ids, _is)
EXPERTS = ReferenceRewriter(_MOVES, "member_published_expert", (_FOCAL_POINT,))
INSTITUTIONS = ReferenceRewriter(
    _MOVES, "member_published_institution", (in_documents(ACTIONS, "participants", "institution_id"),)
)
