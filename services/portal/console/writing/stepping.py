"""`/console/{service}/{resource}/{id}/do/{verb}`: a step of a record, and what waits for a second person."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from services.portal.console.describing.fields import Field, fields_in, opening_in
from services.portal.console.describing.labels import reason_label, state_label, verb_label, verb_meaning
from services.portal.console.frame.files import FileForm, file_router
from services.portal.console.frame.responses import page, seen
from services.portal.console.records.about import about, has_title, title_by, title_read
from services.portal.console.records.reading import Found, Step, find, known_kind, names_of
from services.portal.console.records.shown import Shown, fields_shown, references_in, shown_in
from services.portal.console.session.caller import Caller, accepted
from services.portal.console.session.guards import CurrentCaller
from services.portal.console.writing.creating import following_page
from services.portal.console.writing.filling import Filled, filled, form_values, own_fields
from services.portal.console.writing.refusing import CONFLICT, NOT_REFUSED, refused_values
from shared.kernel.errors import NotFound
from shared.reading.api import Reply
from shared.web.contract.route_options import RouteOptions

router = file_router()
_REASON = "reason"
_DECISIONS = ("confirm", "decline", "withdraw")


@router.get("/console/{service}/{resource}/{key}/do/{verb}", options=RouteOptions(is_public=True))
async def show_step(service: str, resource: str, key: str, verb: str, caller: CurrentCaller) -> Response:
    """What the step does, and what it takes."""
    found = await find(caller, known_kind(service, resource), key)
    if found.moved:
        return seen(found.page)
    return await _page(caller, found, verb, Filled({}, {}))


@router.post("/console/{service}/{resource}/{key}/do/{verb}", options=RouteOptions(is_public=True))
async def take_step(
    service: str, resource: str, key: str, verb: str, caller: CurrentCaller, form: FileForm
) -> Response:
    """Takes the step, or shows what is wrong with its form. With `_to`, a page of the console comes next."""
    found = await find(caller, known_kind(service, resource), key)
    step = found.step(verb)
    given = await filled(caller, fields_of(step), form, found.record)
    if step is None or given.wants_row or given.faults:
        return await _page(caller, found, verb, given)
    reply = await send_step(caller, found, step, given)
    if reply.status_code >= 400:
        refused = given.refused(reply, below="/fields")
        current = await find(caller, found.kind, key) if reply.status_code == CONFLICT else found
        return await _page(caller, current, verb, refused, **refused_values(reply))
    if secret := reply.document.get("secret"):
        return page(caller, "records_secret.html", secret=secret, back=found.page)
    return seen(following_page(given, found.page), done="waiting" if reply.status_code == 202 else "stepped")


async def send_step(caller: Caller, found: Found, step: Step, given: Filled) -> Reply:
    """The response to a transition with the values of its form."""
    values = dict(given.values)
    reason = values.pop(_REASON, None) if _REASON not in step.schema.get("properties", {}) else given.own(_REASON)
    body: dict[str, Any] = {"action": step.verb, "fields": values}
    if reason:
        body["reason"] = reason
    return await caller.send("POST", f"{found.path}/transitions", body, {"If-Match": given.own("etag") or found.etag})


def fields_of(step: Step | None) -> Sequence[Field]:
    """The fields of a step, and its reason."""
    if step is None:
        return ()
    names = step.schema.get("properties", {})
    required = "reason" in step.requires
    reason = Field(_REASON, "prose", is_required=required, longest=20_000)
    return (*fields_in(step.schema, opening_in(step.schema)), *((reason,) if _REASON not in names else ()))


async def _page(caller: Caller, found: Found, verb: str, given: Filled, **refused: Any) -> Response:
    name, language = found.kind.name, caller.language
    step = found.step(verb)
    if step is None and verb not in found.kind.verbs:
        raise NotFound("There is no such step.")
    missing = refused.get("reason") or (step.reason if step else "unknown_action")
    members = fields_shown(found.kind)
    names = await names_of(caller, references_in(members, found.record))
    return page(
        caller,
        "records_step.html",
        found=found,
        kind=found.kind,
        title=title_by(found.record, about(found.kind, found.record), names, language),
        members=shown_in(members, found.record, names),
        is_untitled=not has_title(found.kind),
        step=step,
        verb=verb_label(verb, name, language),
        meaning=verb_meaning(verb, name),
        before=state_label(str(found.record["status"]), name, language),
        after=state_label(step.to, name, language) if step else "",
        why=reason_label(missing, name, language) if missing else "",
        action=f"{found.page}/do/{verb}",
        own=list(own_fields(etag=found.etag, to=given.own("to"))),
        back=found.page,
        **await form_values(caller, fields_of(step), given, refused),
    )


@router.get("/console/{service}/{resource}/{key}/pending/{pending}", options=RouteOptions(is_public=True))
async def show_pending(service: str, resource: str, key: str, pending: str, caller: CurrentCaller) -> Response:
    """A step that waits for a second person, with the decisions about it."""
    found = await find(caller, known_kind(service, resource), key)
    return await _pending_page(caller, found, pending)


@router.post("/console/{service}/{resource}/{key}/pending/{pending}", options=RouteOptions(is_public=True))
async def decide_pending(
    service: str, resource: str, key: str, pending: str, caller: CurrentCaller, form: FileForm
) -> Response:
    """Confirms, declines or withdraws the step."""
    found = await find(caller, known_kind(service, resource), key)
    body = {"decision": form.get("decision", "")} | ({_REASON: form[_REASON]} if form.get(_REASON, "").strip() else {})
    reply = await caller.send("POST", f"{found.path}/transitions/pending/{pending}", body)
    if reply.status_code >= 400:
        return await _pending_page(caller, found, pending, **refused_values(reply))
    return seen(found.page, done="decided")


async def _pending_page(caller: Caller, found: Found, pending: str, **refused: Any) -> Response:
    if not pending.replace("-", "").isalnum():
        raise NotFound("There is no such step.")
    waiting = accepted(await caller.get(f"{found.path}/transitions/pending/{pending}")).document
    is_own = waiting["proposed_by"]["id"] == caller.principal.account
    values = {**NOT_REFUSED, **refused}
    return page(
        caller,
        "records_pending.html",
        status=values.pop("status"),
        found=found,
        kind=found.kind,
        title=await title_read(caller, found),
        waiting=waiting,
        verb=verb_label(waiting["action"], found.kind.name, caller.language),
        decisions=[one for one in _DECISIONS if (one == "withdraw") == is_own],
        given=[Shown(name, "text", str(value)) for name, value in waiting["fields"].items() if value is not None],
        action=f"{found.page}/pending/{pending}",
        **values,
    )
