"""`/console/{service}/{resource}/{id}/edit`: a change of a record that loses nobody's words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.forms.changes import Difference, differences, merge_patch, rebased, written
from services.portal.console.forms.texts import texts_of
from services.portal.console.frame.files import FileForm, file_router
from services.portal.console.frame.naming import title_of
from services.portal.console.frame.responses import page, seen
from services.portal.console.records.reading import Found, find, known_kind, names_of
from services.portal.console.records.shown import Shown, references_in, value_shown
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller
from services.portal.console.writing.filling import Filled, filled, form_values, own_fields
from services.portal.console.writing.refusing import CONFLICT, refused_values
from shared.kernel.errors import Malformed, NotFound
from shared.web.contract.route_options import RouteOptions

router = file_router()


@router.get("/console/{service}/{resource}/{key}/edit", options=RouteOptions(is_public=True))
async def edit_record(service: str, resource: str, key: str, caller: CurrentCaller) -> Response:
    """The form of a record, with what it says now."""
    found, fields = await _found(caller, service, resource, key)
    if found.moved:
        return seen(f"{found.page}/edit")
    values = written(fields, found.record)
    return await _page(caller, found, fields, Filled(texts_of(fields, values), values), values)


@router.post("/console/{service}/{resource}/{key}/edit", options=RouteOptions(is_public=True))
async def change_record(service: str, resource: str, key: str, caller: CurrentCaller, form: FileForm) -> Response:
    """Changes the fields that the person changed. Shows both versions if somebody else did so meanwhile."""
    found, fields = await _found(caller, service, resource, key)
    given = await filled(caller, fields, form, found.record)
    before = _before(given)
    if given.wants_row or given.faults:
        return await _page(caller, found, fields, given, before, etag=given.own("etag"))
    patch = merge_patch(fields, before, given.values)
    if not patch:
        return seen(found.page, done="unchanged")
    reply = await caller.send("PATCH", found.path, patch, {"If-Match": given.own("etag")})
    if reply.status_code == CONFLICT:
        return await _both(caller, await find(caller, found.kind, key), fields, given, before)
    if reply.status_code >= 400:
        refused = given.refused(reply)
        return await _page(caller, found, fields, refused, before, etag=given.own("etag"), **refused_values(reply))
    return seen(found.page, done="waiting" if reply.status_code == 202 else "saved")


async def _found(caller: Caller, service: str, resource: str, key: str) -> tuple[Found, Sequence[Field]]:
    kind = known_kind(service, resource)
    if kind.change is None:
        raise NotFound("Records of this kind are not changed here.")
    found = await find(caller, kind, key)
    return found, [field if _says(found.record, field) else replace(field, is_required=False) for field in kind.change]


def _says(record: Mapping[str, Any], field: Field) -> bool:
    """Whether a record says something in a field. What it lacks may be what its reader may not see, and not enter."""
    return record.get(field.name) not in (None, "", [], {})


def _before(given: Filled) -> dict[str, Any]:
    """What the record said when the form was made."""
    try:
        before = orjson.loads(given.own("before") or "{}")
    except orjson.JSONDecodeError:
        before = None
    if not isinstance(before, dict):
        raise Malformed("The form does not say what it changes.")
    return before


async def _both(
    caller: Caller, found: Found, fields: Sequence[Field], given: Filled, before: Mapping[str, Any]
) -> Response:
    """The form once more: with the words of this person, beside those that somebody else wrote meanwhile."""
    now = written(fields, found.record)
    differing = differences(fields, before, given.values, now)
    mine = rebased(differing, given.values)
    values = {name: value for name, value in mine.items() if value is not None}
    shown = Filled(texts_of(fields, values), values)
    return await _page(caller, found, fields, shown, now, differing=differing, status=CONFLICT)


async def _page(
    caller: Caller,
    found: Found,
    fields: Sequence[Field],
    given: Filled,
    before: Mapping[str, Any],
    *,
    etag: str = "",
    differing: Sequence[Difference] = (),
    **refused: Any,
) -> Response:
    return page(
        caller,
        "records_form.html",
        kind=found.kind,
        title=title_of(found.record, caller.language),
        action=f"{found.page}/edit",
        own=list(own_fields(etag=etag or found.etag, before=orjson.dumps(before).decode())),
        button="records.save",
        back=found.page,
        differing=[await _side_by_side(caller, each) for each in differing],
        **await form_values(caller, fields, given, refused),
    )


async def _side_by_side(caller: Caller, one: Difference) -> tuple[str, bool, Shown | None, Shown | None]:
    """A field that both changed, or somebody else alone: what this person wrote, and what stands there now."""
    name = one.field.name
    sides = [{name: one.mine}, {name: one.theirs}]
    names = await names_of(caller, (pair for side in sides for pair in references_in((one.field,), side)))
    mine, theirs = (value_shown(one.field, side[name], names) for side in sides)
    return name, one.is_conflict, mine, theirs
