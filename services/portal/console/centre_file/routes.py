"""The file of a centre: stages, checklist, reviewers, reviews, documents, agreement, and the report of the year."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.describing.labels import reason_label, state_label
from services.portal.console.describing.resources import kind_of
from services.portal.console.frame.naming import title_of
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.below import PartShown, parts_of
from services.portal.console.records.lists import show_list
from services.portal.console.records.reading import Found, Record, find, known_kind, names_of
from services.portal.console.records.showing import blocked
from services.portal.console.records.shown import Shown, fields_shown, references_in, shown_in
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller, SentForm
from services.portal.console.writing.attaching import may_attach
from services.portal.console.writing.filling import filled
from services.portal.console.writing.panels import Panel, scoped, step_panels
from services.portal.pages.texts import best
from shared.kernel.clock import today
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions

router = console_router()
_INVITING = (
    Field("expert_id", "lines", parts=(Field("", "reference", refers="/membership/v1/experts"),), is_required=True),
    Field("due", "day", is_required=True),
)
_REVIEW_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Below:
    """A record that belongs to a centre, with what the caller may do with it."""

    page: str
    title: str
    state: str
    members: tuple[Shown, ...]
    panels: tuple[Panel, ...]


@router.get("/console/centres/{key}", options=RouteOptions(is_public=True))
async def show_centre(key: str, caller: CurrentCaller) -> Response:
    """The file of a centre; or the list of another kind of record of the service, which has the same address."""
    if kind_of("centres", key) is not None:
        shown: Response = await show_list("centres", key, caller)
        return shown
    found = await find(caller, known_kind("centres", "centres"), key)
    if found.moved:
        return seen(f"/console/centres/{found.moved}")
    here = f"/console/centres/{found.record['id']}"
    query = {"centre_id": str(found.record["id"])}
    fields = fields_shown(found.kind)
    stages, checklist, below, names = await asyncio.gather(
        _stages(caller, found),
        _checklist(caller, found),
        parts_of(caller, found, only=("reviews", "messages")),
        names_of(caller, references_in(fields, found.record)),
    )
    agreements, reviewers, reports = await asyncio.gather(
        _below(caller, "agreements", query, here),
        _below(caller, "reviewers", query, here),
        _below(caller, "annual_reports", query, here, with_steps=False),
    )
    panels = await step_panels(caller, found, here)
    inviting, agreeing = await _inviting(caller, found), await _agreeing(caller, found, here)
    forms = (*panels, inviting, agreeing, *(panel for one in (*agreements, *reviewers) for panel in one.panels))
    return page(
        caller,
        "centre_file.html",
        here="centres",
        found=found,
        kind=found.kind,
        record=found.record,
        title=title_of(found.record, caller.language),
        members=shown_in(fields, found.record, names),
        stages=stages,
        checklist=checklist,
        below=_with_return(below, here),
        agreements=agreements,
        reviewers=reviewers,
        reports=reports,
        panels=panels,
        blocked=blocked(found, caller.language),
        inviting=inviting,
        agreeing=agreeing,
        sends_files=await may_attach(caller, [each for form in forms if form for each in form.inputs]),
    )


@router.post("/console/centres/{key}/invite", options=RouteOptions(is_public=True))
async def invite_reviewers(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Invites one or several experts to review the centre."""
    found = await find(caller, known_kind("centres", "centres"), key)
    given = await filled(caller, _INVITING, form)
    here = f"/console/centres/{found.record['id']}"
    refused = "" if given.values.get("expert_id") and not given.faults else "unknown"
    for expert in given.values.get("expert_id", ()) if not refused else ():
        body = {"expert_id": expert, "due": given.values.get("due")}
        reply = await caller.send("POST", f"{found.path}/reviewers", body)
        if reply.status_code >= 400:
            refused = "refused"
    return seen(f"{here}#reviewers") if refused else seen(here, done="added")


async def _stages(caller: Caller, found: Found) -> list[tuple[Record, str]]:
    reply = await caller.get(f"{found.path}/stages")
    passed = orjson.loads(reply.content) if reply.status_code == 200 else []
    return [(one, state_label(one["stage"], found.kind.name, caller.language)) for one in passed]


async def _checklist(caller: Caller, found: Found) -> list[tuple[str, bool, str]]:
    """The conditions of the next step: what is needed, whether it is there, and what the step is refused for."""
    reply = await caller.get(f"{found.path}/checklist")
    items = reply.document.get("items", []) if reply.status_code == 200 else []
    return [
        (
            best(one["titles"], caller.language)[1],
            bool(one["met"]),
            reason_label(one["reason"], found.kind.name, caller.language) if one["reason"] else "",
        )
        for one in items
    ]


async def _below(
    caller: Caller, plural: str, query: dict[str, str], here: str, *, with_steps: bool = True
) -> list[Below]:
    kind = known_kind("centres", plural)
    items = await caller.items(kind.path, {**query, "limit": "20"})
    return list(await asyncio.gather(*(_one_below(caller, plural, str(one["id"]), here, with_steps) for one in items)))


async def _one_below(caller: Caller, plural: str, key: str, here: str, with_steps: bool) -> Below:
    found = await find(caller, known_kind("centres", plural), key)
    fields = [field for field in fields_shown(found.kind) if field.name not in ("centre_id", "centre_names")]
    names = await names_of(caller, references_in(fields, found.record))
    return Below(
        found.page,
        title_of(found.record, caller.language),
        state_label(str(found.record["status"]), found.kind.name, caller.language),
        shown_in(fields, found.record, names),
        tuple(await step_panels(caller, found, here)) if with_steps else (),
    )


def _with_return(below: list[PartShown], here: str) -> list[PartShown]:
    return [
        PartShown(part.name, part.entries, f"{part.page}?_to={here}" if part.page else None, part.is_conversation)
        for part in below
    ]


async def _inviting(caller: Caller, found: Found) -> Panel | None:
    """The form that invites reviewers, for who may."""
    if found.record["status"] != "under_review" or not await _may(caller, f"{found.path}/reviewers", "create"):
        return None
    due = {"due": [(today() + _REVIEW_WITHIN).isoformat()]}
    inputs = await scoped(caller, _INVITING, "invite-", due)
    return Panel("", f"/console/centres/{found.record['id']}/invite", inputs, ())


async def _agreeing(caller: Caller, found: Found, here: str) -> Panel | None:
    """The form of a new agreement, for who may write one."""
    kind = known_kind("centres", "agreements")
    if kind.creation is None or found.record["status"] == "withdrawn" or not await _may(caller, kind.path, "create"):
        return None
    texts: dict[str, Any] = {"centre_id": [str(found.record["ref"])]}
    return Panel("", f"{kind.page}/new", await scoped(caller, kind.creation, "agreement-", texts), (("_to", here),))


async def _may(caller: Caller, path: str, verb: str) -> bool:
    reply = await caller.get(path, {"include": "permitted", "limit": "1", "fields": "id"})
    if reply.status_code != 200:
        raise NotFound("There is no such list.")
    return verb in reply.document.get("permitted", ())
