"""What the bodies of targets and results have in common."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.actions.measurement.subjects import record
from shared.web.contract.fields import Body, CountryCode, Keyword, OneLine

DimensionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Dimensions = Annotated[
    dict[DimensionKey, Keyword],
    Field(min_length=1, max_length=5, examples=[{"sex": "female"}]),
    "Codes by the keys of dimensions.",
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64), OneLine]


class SubjectBody(Body, of=record.Subject):
    """Whom a new record is about: a country, an action or a centre."""

    indicator_id: UUID
    country: CountryCode | None = None
    action_id: UUID | None = None
    centre_id: UUID | None = None
