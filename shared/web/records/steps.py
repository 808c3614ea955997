"""Parses the `fields` of a transition by a model before the operation sees them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.records.resource_type import TransitionRequest


def with_fields(
    model: type[BaseModel], requested: TransitionRequest, *, is_permitted: bool, keeps_null: bool
) -> TransitionRequest:
    """The transition with parsed `fields`; without any if the caller may not take it, so that the operation refuses it
    for that reason. Keeps unknown names, which the lifecycle refuses. Drops null unless `keeps_null`."""
    return replace(requested, fields=_read(model, requested.fields, keeps_null=keeps_null) if is_permitted else {})


def _read(model: type[BaseModel], fields: Mapping[str, Any], *, keeps_null: bool) -> dict[str, Any]:
    unknown = {name: value for name, value in fields.items() if name not in model.model_fields}
    try:
        known = model.model_validate({name: value for name, value in fields.items() if name not in unknown})
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", "fields", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from None
    return {**unknown, **known.model_dump(exclude_none=not keeps_null, exclude_unset=keeps_null)}
