"""Validates rows of imports with the models of bodies."""

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.bulk.reading import RowFault
from shared.web.error_mapping import as_escm_error


def validated(model: type[BaseModel], body: Mapping[str, Any], headings: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the body as JSON. `headings` maps a pointer or its field to the column.

    Raises RowFault with the code of the first fault.
    """
    try:
        row = model.model_validate(body)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        first = as_escm_error(RequestValidationError(faults)).errors[0]
        pointer = first.pointer or "/"
        field = pointer.split("/")[1]
        raise RowFault(first.code, f"{headings.get(pointer) or headings.get(field, field)}: {first.detail}") from None
    return row.model_dump(mode="json", include=set(body))
