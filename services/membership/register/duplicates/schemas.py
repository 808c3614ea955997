"""What goes over HTTP for pairs of records that may be one."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.membership.linkage.record_linkage.domain import REASONS
from services.membership.register.duplicates import record
from services.membership.register.duplicates.domain import COLLECTIONS, LIFECYCLE
from services.membership.register.duplicates.queries import COLUMNS
from shared.records.columns import renderer
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, ResponseModel
from shared.web.contract.schemas import Links, RecordResponse

Score = Annotated[float, Field(ge=0, le=1)]
_render = renderer(COLUMNS)


class Lookalike(ResponseModel):
    """A record that the one just entered may repeat."""

    id: Annotated[UUID, "The id of the record."]
    score: Annotated[Score, Field(examples=[0.93]), "How alike they are, from 0 to 1."]


class DuplicateLinks(Links):
    """The addresses of the pair and of its two records."""

    a: Annotated[
        str,
        Field(examples=["/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]),
        "The address of one record.",
    ]
    b: Annotated[
        str,
        Field(examples=["/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a34"]),
        "The address of the other record.",
    ]


class Duplicate(RecordResponse, of=record.Duplicate, lifecycle=LIFECYCLE):
    """Two records that may be duplicates. `country` is the country of both, null if they differ. `dismissal` is the
    reason why they are not duplicates."""

    resource: Literal[COLLECTIONS]  # type: ignore[valid-type]
    score: Annotated[Score, Field(examples=[0.93])]
    reasons: Annotated[list[str], Field(json_schema_extra={"items": {"type": "string", STATES: [*REASONS]}})]
    found_by: Literal["entry", "job", "import"]
    links: Annotated[DuplicateLinks, "The addresses of the pair and of its two records."]


class SearchBody(Body):
    """What to search through. `whole`: all records; otherwise those that were changed since the last search."""

    resource: Annotated[Literal[COLLECTIONS], "The collection that is searched."]  # type: ignore[valid-type]
    whole: Annotated[bool, "Whether all records are compared, or those that changed since the last search."] = True


def present(row: Mapping[str, Any], _access: object = None) -> dict[str, Any]:
    """The pair as it is shown."""
    shown = _render(row)
    base = f"/membership/v1/{row['resource']}"
    own = f"/membership/v1/duplicates/{shown['id']}"
    shown["links"] = {"self": own, "a": f"{base}/{shown['a']}", "b": f"{base}/{shown['b']}"}
    return shown
