"""What goes over HTTP for pairs of records that may be one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.membership.duplicates.domain import COLLECTIONS
from services.membership.duplicates.queries import COLUMNS
from shared.records.columns import Renderer
from shared.web.fields import Answer, Body, Links, RecordAnswer

Score = Annotated[float, Field(ge=0, le=1)]
_render = Renderer(COLUMNS)


class Lookalike(Answer):
    """A record that the one just entered may repeat."""

    id: UUID
    score: Score


class DuplicateLinks(Links):
    """The addresses of the pair and of its two records."""

    a: str
    b: str


class Duplicate(RecordAnswer):
    """Two records that may be one. `country` is that of both, null where they lie in two. `dismissal` is the reason why
    they are two."""

    resource: Literal[COLLECTIONS]  # type: ignore[valid-type]
    a: UUID
    b: UUID
    score: Score
    reasons: list[str]
    found_by: Literal["entry", "job", "import"]
    dismissed_by: str | None
    dismissed_at: datetime | None
    dismissal: str | None
    links: DuplicateLinks


class SearchBody(Body):
    """What to search through. `whole`: all records; otherwise those that were changed since the last search."""

    resource: Literal[COLLECTIONS]  # type: ignore[valid-type]
    whole: bool = True


def present(row: Mapping[str, Any], _access: object = None) -> dict[str, Any]:
    """The pair as it is shown."""
    record = _render(row)
    base = f"/membership/v1/{row['resource']}"
    own = f"/membership/v1/duplicates/{record['id']}"
    record["links"] = {"self": own, "a": f"{base}/{record['a']}", "b": f"{base}/{record['b']}"}
    return record
