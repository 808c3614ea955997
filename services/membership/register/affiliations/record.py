"""An affiliation. It lives with its expert: it has no state and no ref of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID


class Candidate(TypedDict):
    """An institution that a text may mean, how sure that is, from 0 to 1, and how it was found."""

    institution_id: str
    score: float
    method: str


class Decision(TypedDict):
    """How a match was decided, by `system` or `person`; `of_version`: the version of the affiliation that it linked."""

    method: str
    score: float | None
    decided_by: str
    decided_at: str
    of_version: NotRequired[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """Where an expert works or worked. `country` and `visibility` are the expert's.

    `match_status` is None as long as nobody has looked which institution `raw` means; `match` says how a link came
    about, `match_candidates` what a person may choose from. `put_code` is the key of an import from ORCID.
    """

    id: UUID
    expert_id: UUID
    country: str
    visibility: str
    version: int
    institution_id: UUID | None
    raw: str | None
    role: str | None
    unit: str | None
    starts: str | None
    ends: str | None
    is_primary: bool
    asserted_by: str
    created_at: datetime
    updated_at: datetime
    match_status: str | None = None
    match: Decision | None = None
    match_candidates: Sequence[Candidate] | None = None
    matched_at: datetime | None = None
    put_code: str | None = None


COLUMNS = tuple(field.name for field in fields(Affiliation))


def columns_of(record: Affiliation) -> dict[str, object]:
    """The columns of an affiliation."""
    return {name: getattr(record, name) for name in COLUMNS}
