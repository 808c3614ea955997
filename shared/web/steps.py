"""The `fields` of a step, read by a model before the operation sees them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.kind import Step

Operation: TypeAlias = Callable[[UnitOfWork, AccessScope, Row, Step], Awaitable[Any]]


def with_fields(model: type[BaseModel], operation: Operation, *, keeps_null: bool = False) -> Operation:
    """The operation, given `fields` as the model reads them. Who may not take the step is told that first; names that
    the model does not know are left to the lifecycle, which refuses them; null is as if not given, unless the operation
    `keeps_null`."""

    async def take(uow: UnitOfWork, access: AccessScope, row: Row, step: Step) -> Any:
        may = access.may(step.action, row["country"], row["id"])
        fields = _read(model, step.fields, keeps_null=keeps_null) if may else {}
        return await operation(uow, access, row, replace(step, fields=fields))

    return take


def _read(model: type[BaseModel], fields: Mapping[str, Any], *, keeps_null: bool) -> dict[str, Any]:
    unknown = {name: value for name, value in fields.items() if name not in model.model_fields}
    try:
        known = model.model_validate({name: value for name, value in fields.items() if name not in unknown})
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", "fields", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from None
    return {**unknown, **known.model_dump(exclude_none=not keeps_null, exclude_unset=keeps_null)}
