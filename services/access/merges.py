"""What access does about merges: a grant over one expert or institution becomes one over the winner.

What an expert holds over their own entry is left to `offices`, which hands it on by the account of the entry.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, not_

from services.access.grants.operations import GRANTS
from services.access.grants.tables import grant
from shared.kernel.principal import SYSTEM
from shared.records.following import Follower, Reference, finding, moves_table
from shared.records.sight import constant

_OVER_ONE = ("self", "record", "institution")
_MOVES = moves_table("access_reference_move")
_own: Any = (grant.c.role == "expert") & (grant.c.created_by == SYSTEM.label)
_SCOPE = Reference(
    GRANTS,
    "scope_id",
    finding(
        GRANTS,
        grant.c.scope_id == bindparam("named", type_=String),
        grant.c.scope_kind.in_([constant(kind) for kind in _OVER_ONE]),
        grant.c.status.in_([constant(status) for status in ("proposed", "active")]),
        not_(_own),
    ),
    ids=lambda row: [UUID(row["scope_id"])],
    renamed=lambda _, ids: {"scope_id": str(ids[0])},
    named=str,
)
EXPERTS = Follower(_MOVES, "member_published_expert", (_SCOPE,))
INSTITUTIONS = Follower(_MOVES, "member_published_institution", (_SCOPE,))
