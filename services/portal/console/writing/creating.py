"""`/console/{service}/{resource}/new`, and new entries of the lists below a record."""

import re
from collections.abc import Sequence
from dataclasses import replace

from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.describing.resources import Kind
from services.portal.console.forms.reading import Fault
from services.portal.console.frame.files import FileForm, file_router, read_file
from services.portal.console.frame.responses import page, seen
from services.portal.console.records.about import title_read
from services.portal.console.records.below import SCORES
from services.portal.console.records.reading import Found, find, known_kind
from services.portal.console.records.showing import page_of
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller, Form
from services.portal.console.writing.attaching import send_evidence
from services.portal.console.writing.filling import Filled, filled, form_values, own_fields
from services.portal.console.writing.refusing import refused_values
from services.portal.console.writing.scoring import by_criterion
from shared.kernel.errors import NotFound
from shared.reading.api import Reply
from shared.web.contract.route_options import RouteOptions

router = file_router()
_OWN_PAGE = re.compile(r"/console/[A-Za-z0-9_/-]{0,200}")


def _creation(fields: Sequence[Field] | None) -> Sequence[Field]:
    if fields is None:
        raise NotFound("Records of this kind are not created here.")
    return fields


@router.get("/console/{service}/{resource}/new", options=RouteOptions(is_public=True))
async def new_record(service: str, resource: str, caller: CurrentCaller) -> Response:
    """The form of a new record; fields that the address names are filled in."""
    fields = _creation(known_kind(service, resource).creation)
    return await _page(caller, service, resource, fields, Filled(_named(caller, fields), {}))


def _named(caller: Caller, fields: Sequence[Field]) -> dict[str, list[str]]:
    """What the address says of fields."""
    known = {field.name for field in fields}
    given = caller.request.query_params
    return {name: [value] for name, value in given.items() if name.partition(".")[0] in known}


@router.post("/console/{service}/{resource}/new", options=RouteOptions(is_public=True))
async def create_record(service: str, resource: str, caller: CurrentCaller, form: FileForm) -> Response:
    """Creates the record, or shows what is wrong with the form."""
    kind = known_kind(service, resource)
    fields = _creation(kind.creation)
    given = await filled(caller, fields, form)
    if given.wants_row or given.faults:
        return await _page(caller, service, resource, fields, given)
    reply = await _created(caller, kind, given, form)
    if reply is None:
        return await _page(caller, service, resource, fields, replace(given, faults=(Fault("file", "required"),)))
    if reply.status_code >= 400:
        return await _page(caller, service, resource, fields, given.refused(reply), **refused_values(reply))
    if secret := reply.document.get("secret"):
        return page(caller, "records_secret.html", secret=secret, back=f"{kind.page}/{reply.document['id']}")
    return seen(following_page(given, page_of(kind, str(reply.document["id"]))), done="created")


async def _created(caller: Caller, kind: Kind, given: Filled, form: Form) -> Reply | None:
    """The response to the new record; None if it lacks the file that it is made of."""
    if not any(field.kind == "file" for field in kind.creation or ()):
        return await caller.send("POST", kind.path, given.values)
    chosen = form.files.get("file")
    file = await read_file(chosen) if chosen else None
    return await send_evidence(caller, given.values, file) if file else None


async def _page(
    caller: Caller, service: str, resource: str, fields: Sequence[Field], given: Filled, **refused: object
) -> Response:
    kind = known_kind(service, resource)
    return page(
        caller,
        "records_form.html",
        kind=kind,
        title="",
        action=f"{kind.page}/new",
        own=list(own_fields(to=given.own("to"))),
        button="records.create",
        back=kind.page,
        **await form_values(caller, fields, given, refused),
    )


@router.get("/console/{service}/{resource}/{key}/{part}/new", options=RouteOptions(is_public=True))
async def new_entry(service: str, resource: str, key: str, part: str, caller: CurrentCaller) -> Response:
    """The form of a new entry of a list below a record; fields that the address names are filled in. With `_to`, a page
    of the console comes next."""
    found = await find(caller, known_kind(service, resource), key)
    to = caller.request.query_params.get("_to", "")
    fields = await _fields_of_part(caller, found, part)
    sent = _named(caller, fields) | ({"_to": [to]} if to else {})
    return await _entry_page(caller, found, part, fields, Filled(sent, {}))


@router.post("/console/{service}/{resource}/{key}/{part}/new", options=RouteOptions(is_public=True))
async def create_entry(
    service: str, resource: str, key: str, part: str, caller: CurrentCaller, form: FileForm
) -> Response:
    """Adds the entry, or shows what is wrong with the form. With `_to`, a page of the console comes next."""
    found = await find(caller, known_kind(service, resource), key)
    fields = await _fields_of_part(caller, found, part)
    given = await filled(caller, fields, form, found.record)
    if given.wants_row or given.faults:
        return await _entry_page(caller, found, part, fields, given)
    reply = await caller.send("POST", f"{found.path}/{part}", given.values)
    if reply.status_code >= 400:
        return await _entry_page(caller, found, part, fields, given.refused(reply), **refused_values(reply))
    return seen(following_page(given, found.page), done="added")


def following_page(given: Filled, otherwise: str) -> str:
    """The page of the console that a form leads to; `otherwise` if it names none."""
    to = given.own("to")
    return to if _OWN_PAGE.fullmatch(to) else otherwise


async def _fields_of_part(caller: Caller, found: Found, name: str) -> Sequence[Field]:
    part = next((part for part in found.kind.parts if part.name == name), None)
    fields = _creation(part.creation if part else None)
    return await by_criterion(caller, found, fields) if name == SCORES else fields


async def _entry_page(
    caller: Caller, found: Found, part: str, fields: Sequence[Field], given: Filled, **refused: object
) -> Response:
    return page(
        caller,
        "records_form.html",
        kind=found.kind,
        title=await title_read(caller, found),
        part=part,
        action=f"{found.page}/{part}/new",
        own=list(own_fields(to=given.own("to"))),
        button="records.add",
        back=found.page,
        **await form_values(caller, fields, given, refused),
    )
