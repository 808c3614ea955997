"""What goes over HTTP for the validation of a country's results."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.actions.measurement.results.schemas import ViolationResponse
from shared.web.contract.fields import Body, CountryCode, ResponseModel

MOST_RESULTS = 500
"""Results that one request validates."""


class ValidationBody(Body):
    """Which results are validated: the living ones of a country and period."""

    country: CountryCode
    period_id: Annotated[UUID, "The period."]
    after: Annotated[UUID | None, Field(examples=[None]), "`next` of the last response; absent for the first."] = None


class ResultViolation(ViolationResponse):
    """A rule that one of the results violates."""

    result_id: Annotated[UUID, "The result."]
    indicator_id: Annotated[UUID, "Its indicator."]
    action_id: Annotated[UUID | None, "The action that it is about, if any."]
    centre_id: Annotated[UUID | None, "The centre that it is about, if any."]
    status: Annotated[str, Field(examples=["draft"]), "The state of the result."]


class Validated(ResponseModel):
    """The violations of up to 500 results."""

    items: Annotated[list[ResultViolation], "The violations, in the order of the results' ids."]
    validated: Annotated[int, Field(examples=[12]), "The number of results that were validated."]
    next: Annotated[UUID | None, "For `after` of the next request; null if there are no more results."]
