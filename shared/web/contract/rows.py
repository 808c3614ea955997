"""Validates rows of imports with the models of bodies."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.bulk.reading import RowFault
from shared.web.contract.faults import field_fault


def validated(model: type[BaseModel], body: Mapping[str, Any], headings: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the body as JSON. `headings` maps a pointer or its field to the column.

    Raises RowFault with the code of the first fault.
    """
    try:
        row = model.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        first = field_fault(fault, fault["loc"])
        pointer = first.pointer or "/"
        field = pointer.split("/")[1]
        raise RowFault(first.code, f"{headings.get(pointer) or headings.get(field, field)}: {first.detail}") from None
    return row.model_dump(mode="json", include=set(body))
