"""Calls endpoints whose parameters are the request's context, parts of the path, one JSON body, and dependencies of
these.

FastAPI's own solver, for every kind of parameter, takes a third of the time of reading one record.
"""

import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.params import Body
from fastapi.routing import APIRoute

from shared.kernel.errors import Malformed
from shared.web.request.request_context import request_context

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class _Part:
    """A function and the source of each of its parameters; those of the path with the name there. A part without a name
    is called without being a parameter."""

    name: str
    function: Callable[..., Any]
    path: tuple[tuple[str, str], ...] = ()
    parts: tuple["_Part", ...] = ()
    body: Any = None

    def bodies(self) -> Iterator[Any]:
        if self.body is not None:
            yield self.body
        for part in self.parts:
            yield from part.bodies()

    async def value(self, request: Request, body: Any, solved: dict[Callable[..., Any], Any]) -> Any:
        values: dict[str, Any] = {name: request.path_params[there] for name, there in self.path}
        for part in self.parts:
            if part.function not in solved:
                solved[part.function] = await part.value(request, body, solved)
            if part.name:
                values[part.name] = solved[part.function]
        if self.body is not None:
            values[self.body.name] = _validated(self.body, body)
        return await self.function(**values)


def plain_handler(route: APIRoute) -> Handler | None:
    """The route's endpoint as a function of the request; None if it has other kinds of parameters."""
    part = _part_of(route.dependant)
    field = route.body_field
    if part is None or len(list(part.bodies())) > 1 or (field and type(field.field_info) is not Body):
        return None

    async def handle(request: Request) -> Response:
        body = await _json(request) if field else _ABSENT
        response: Response = await part.value(request, body, {request_context: await request_context(request)})
        return response

    return handle


def _part_of(dependant: Dependant) -> _Part | None:
    name, function = dependant.name or "", dependant.call
    if function is request_context:
        return _Part(name, request_context)
    others = (
        dependant.query_params, dependant.header_params, dependant.cookie_params, dependant.request_param_name,
        dependant.response_param_name, dependant.background_tasks_param_name, dependant.own_oauth_scopes,
    )  # fmt: skip
    texts = all(field.field_info.annotation is str and not field.field_info.metadata for field in dependant.path_params)
    parts = [part for each in dependant.dependencies if (part := _part_of(each))]
    if any(others) or len(dependant.body_params) > 1 or not texts or len(parts) < len(dependant.dependencies):
        return None
    if function is None or not iscoroutinefunction(function):
        return None
    path = tuple((field.name, field.alias) for field in dependant.path_params)
    return _Part(name, function, path, tuple(parts), next(iter(dependant.body_params), None))


async def _json(request: Request) -> Any:
    body = await request.body()
    if not body:
        return _ABSENT
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _leniently(body)


def _leniently(body: bytes) -> Any:
    """Parses what the standard parser accepts and the fast one does not, such as lone surrogates, which fields then
    report."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise Malformed("The body is not valid JSON.", code="malformed_json") from error


def _validated(field: Any, body: Any) -> Any:
    """Validates the body. Raises RequestValidationError as FastAPI does, with the body that its pointers refer to."""
    if body is _ABSENT:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "", "input": None}])
    value, errors = field.validate(body, {}, loc=("body",))
    if errors:
        raise RequestValidationError(errors, body=body)
    return value
