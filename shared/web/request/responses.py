"""Responses that all resources share: the item, its available actions, its history; and the merge of a patch."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError, create_model
from sqlalchemy import Uuid, column
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.lifecycle import AvailableAction, Lifecycle
from shared.records.cursors import make_cursor
from shared.records.history import history, line
from shared.web.contract.contract import fields_schema
from shared.web.request.conditional import etag, is_known
from shared.web.request.paging import binding, linked_page, page_limit, place_of
from shared.web.request.request_context import RequestContext, header_of

JSON = "application/json; charset=utf-8"
LINKED_DATA = "application/ld+json"
_ACCEPTED = re.compile(r"([\w.*+-]+/[\w.*+-]+)(?:\s*;\s*(?!q=)[^,;]*)*(?:\s*;\s*q=(1(?:\.0*)?|0(?:\.\d*)?))?")
"""A media type of `Accept` with its weight, whatever its other parameters."""
Model = TypeVar("Model", bound=BaseModel)


def key_of(raw: str) -> UUID | str:
    """The id or ref of a path. Anything else is looked up as a ref and not found, even with a NUL, which PostgreSQL
    refuses."""
    try:
        return UUID(raw) if len(raw) == 36 else raw.replace("\0", "\ufffd")
    except ValueError:
        return raw.replace("\0", "\ufffd")


def actions(available_actions: list[AvailableAction]) -> list[dict[str, Any]]:
    """`allowed_actions` as in item responses."""
    return [{"action": o.action, "to": o.to, "allowed": o.allowed, "reason": o.reason} for o in available_actions]


def item_response(
    ctx: RequestContext,
    record: Mapping[str, Any],
    *,
    status: int = 200,
    fields: Collection[str] | None = None,
    extra_members: Mapping[str, Any] | None = None,
) -> Response:
    """The record with its ETag; 304 if the caller has it already; with `Location` if it was created. The ETag does not
    depend on `extra_members`."""
    shown = record if fields is None else {name: value for name, value in record.items() if name in fields}
    body = orjson.dumps(shown)
    tag = etag(record["version"], body)
    if status == 200 and ctx.request.method == "GET" and is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    headers = {"ETag": tag}
    if status == 201:
        headers["Location"] = record["links"]["self"]
    return Response(body if extra_members is None else orjson.dumps({**shown, **extra_members}), status, headers, JSON)


def document_response(
    ctx: RequestContext, document: Mapping[str, Any], *, version: int = 0, media_type: str = JSON
) -> Response:
    """A document with its ETag; 304 if the caller has it already."""
    return body_response(ctx, orjson.dumps(document), version=version, media_type=media_type)


def body_response(
    ctx: RequestContext, body: bytes, tag: str | None = None, *, version: int = 0, media_type: str = JSON
) -> Response:
    """The bytes of a document with its ETag, which is formed without `tag`; 304 if the caller has it already."""
    tag = tag or etag(version, body)
    if is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, 200, {"ETag": tag}, media_type)


def wanted_form(ctx: RequestContext, forms: Collection[str]) -> str | None:
    """The media type among `forms` that `Accept` names with the highest weight; None if it prefers JSON."""
    accepted = (header_of(ctx.request, b"accept") or "").lower()
    if not any(form in accepted for form in forms):
        return None
    weights = {kind: float(weight or 1) for kind, weight in _ACCEPTED.findall(accepted[:1000])}
    weight, form = max((weights.get(form, 0.0), form) for form in forms)
    return form if weight > 0 and weight >= weights.get("application/json", 0.0) else None


def show_secret_once(stored: Response, shown: Mapping[str, Any]) -> Response:
    """The response with a secret; the one without it is stored for a replay."""
    headers = {name: value for name, value in stored.headers.items() if name not in ("content-length", "content-type")}
    response = Response(orjson.dumps(shown), stored.status_code, {**headers, "Cache-Control": "no-store"}, JSON)
    response.stored_body = stored.body  # type: ignore[attr-defined]
    return response


def transitions_response(
    lifecycle: Lifecycle[Any],
    status: str,
    available_actions: list[AvailableAction],
    fields: type[BaseModel] | None = None,
    permitted: Sequence[str] = (),
) -> Response:
    """The present state, its verbs, and all states. `fields` is the model of the transitions' fields, `permitted` is
    what else the caller may do."""
    shown = [
        {**one._asdict(), "fields_schema": _schema_of(fields, one.fields, lifecycle.of(one.action, status).required)}
        for one in available_actions
    ]
    answer = {"status": status, "allowed_actions": shown, "states": lifecycle.states, "permitted": permitted}
    return Response(orjson.dumps(answer), 200, None, JSON)


_schema_of = lru_cache(512)(fields_schema)
HISTORY_QUERY = ("limit", "cursor")
_PLACE: list[ColumnElement[Any]] = [column("version"), column("id", Uuid)]


async def history_response(
    ctx: RequestContext,
    subject: UUID,
    private_history_fields: Collection[str] = (),
    shown: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda found: found,
) -> Response:
    """The history of a record that the caller may read, newest first, without `private_history_fields`. Includes
    changes from before the record moved to its present country. `shown` returns what the caller gets of a line, or
    None."""
    query = ctx.request.query_params
    limit = page_limit(query.get("limit"))
    before = None
    if (place := place_of(ctx, query.get("cursor"), _PLACE)) is not None:
        version, entry = place
        before = int(version), entry
    async with ctx.connection() as connection:
        rows = await history(
            connection, ctx.access.including_record(subject).context, subject, before=before, limit=limit
        )
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        cursor = make_cursor([rows[-1]["version"], rows[-1]["id"]], binding(ctx.request), ctx.secret)
        following = f"{ctx.path}?limit={limit}&cursor={cursor}"
    lines = [found for row in rows if (found := shown(line(row, private_history_fields))) is not None]
    return linked_page({"items": lines, "next": following}, following)


def patched(model: type[Model], current: Mapping[str, Any], patch: Mapping[str, Any]) -> Model:
    """The body that results from a merge patch (RFC 7396) of the record's present fields. Fields outside the patch stay
    unchanged, even if they would not be valid today.

    Raises RequestValidationError with the pointers of the patch.
    """
    wanted = merge(dict(current), patch)
    try:
        return model.model_validate(wanted)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    untouched = {str(fault["loc"][0]) for fault in faults if fault["loc"]} & (wanted.keys() - patch.keys())
    if untouched:
        taking: type[Model] = _taking(model, frozenset(untouched))
        try:
            return taking.model_validate(wanted)
        except ValidationError as error:
            faults = error.errors(include_url=False)
    raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults])


@lru_cache(256)
def _taking(model: type[Model], names: frozenset[str]) -> type[Model]:
    """The model, with any value accepted for these fields."""
    fields = {name: field.alias for name, field in model.model_fields.items() if (field.alias or name) in names}
    anything: dict[str, Any] = {name: (Any, Field(alias=alias)) for name, alias in fields.items()}
    return create_model(model.__name__, __base__=model, **anything)


def merge(target: Any, patch: Any) -> Any:
    """RFC 7396: objects are merged, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
