"""`/console/{service}/{resource}/{id}`: the file of one record; its history; the lists below it; its file."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Response

from services.portal.console.describing.labels import reason_label, verb_label, verb_meaning
from services.portal.console.describing.resources import Kind, Related, related_to
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.about import about, has_title, title_by, title_read
from services.portal.console.records.below import parts_of
from services.portal.console.records.lists import cursor_in
from services.portal.console.records.reading import Found, Record, Step, find, known_kind, names_of
from services.portal.console.records.shown import (
    Shown,
    fields_shown,
    references_in,
    shown_in,
    sources_in,
    value_shown,
)
from services.portal.console.session.caller import Caller, accepted
from services.portal.console.session.guards import CurrentCaller
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions

router = console_router()
DECISIONS = ("approve", "request_info", "reject")
"""What is decided about an application."""


@dataclass(frozen=True, slots=True)
class SpecialPage:
    """A page that a kind has of its own, with the text of its link. `verbs` are the steps and `states` the states that
    it is for; none means that it is for all readers."""

    page: str
    text: str
    verbs: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


SPECIAL_PAGES = {
    "membership.experts": SpecialPage("/console/experts/{id}/screen", "screening.title", ("start_review", *DECISIONS)),
    "centres.centres": SpecialPage("/console/centres/{id}", "centre_file.title"),
    "actions.contributions": SpecialPage("/console/contributions/{id}", "manuscript.title"),
    "actions.reviewers": SpecialPage("/console/contributions/{contribution_id}", "manuscript.title", (), ("accepted",)),
    "actions.comments": SpecialPage(
        "/console/contributions/{contribution_id}#b{from}",
        "manuscript.title",
        ("answer", "reopen", "resolve", "withdraw"),
    ),
    "membership.duplicates": SpecialPage("/console/duplicates/{id}", "duplicates.title"),
    "membership.merges": SpecialPage("/console/merges/{id}", "merges.title"),
}
_CHANGES = "20"
"""Changes of a page of a history."""


@dataclass(frozen=True, slots=True)
class OfferedStep:
    """A step as a page offers it; `why` is what is missing, in the reader's language."""

    verb: str
    title: str
    meaning: str
    page: str | None
    why: str = ""


@router.get("/console/{service}/{resource}/{key}", options=RouteOptions(is_public=True))
async def show_record(service: str, resource: str, key: str, caller: CurrentCaller) -> Response:
    """A record: what it says, what one can do with it, what belongs to it."""
    kind = known_kind(service, resource)
    found = await find(caller, kind, key)
    if found.moved:
        return seen(found.page)
    fields = fields_shown(kind)
    below, names, related, last, waiting = await asyncio.gather(
        parts_of(caller, found),
        names_of(caller, references_in(fields, found.record)),
        _related(caller, found),
        _last_step(caller, found),
        _waiting(caller, found),
    )
    return page(
        caller,
        "records_record.html",
        found=found,
        kind=kind,
        title=title_by(found.record, about(kind, found.record), names, caller.language),
        is_untitled=not has_title(kind),
        members=shown_in(fields, found.record, names),
        steps=offered(found, caller.language),
        blocked=blocked(found, caller.language),
        below=below,
        related=related,
        last=last,
        waiting=waiting,
        special=_special(found),
        record=found.record,
        sources=sources_in(found.record),
    )


@router.get("/console/{service}/{resource}/{key}/history", options=RouteOptions(is_public=True))
async def show_history(service: str, resource: str, key: str, caller: CurrentCaller) -> Response:
    """Who changed what when, the latest change first, with each field before and after."""
    kind = known_kind(service, resource)
    if not kind.has.history:
        raise NotFound("Records of this kind have no history.")
    found = await find(caller, kind, key)
    if found.moved:
        return seen(f"{found.page}/history")
    cursor = caller.request.query_params.get("cursor")
    query = {"limit": _CHANGES, **({"cursor": cursor} if cursor else {})}
    lines = accepted(await caller.get(f"{found.path}/history", query)).document
    following = f"{found.page}/history?{urlencode(cursor_in(lines['next']))}" if lines["next"] else None
    fields = {field.name: field for field in fields_shown(kind)}
    return page(
        caller,
        "records_history.html",
        found=found,
        kind=kind,
        title=await title_read(caller, found),
        lines=[(line, [_changed(fields, change) for change in line["changes"]]) for line in lines["items"]],
        following=following,
    )


def _changed(fields: dict[str, Any], change: Record) -> tuple[str, Shown | None, Shown | None]:
    """The name of a changed field, and its value before and after."""
    name = str(change["pointer"]).strip("/").partition("/")[0]
    field = fields.get(name)
    if field is None:
        return name, _bare(name, change["before"]), _bare(name, change["after"])
    return name, value_shown(field, change["before"]), value_shown(field, change["after"])


def _bare(name: str, value: Any) -> Shown | None:
    return None if value is None else Shown(name, "text", str(value))


@router.get("/console/actions/evidence/{key}/file", options=RouteOptions(is_public=True))
async def open_file(key: str, caller: CurrentCaller) -> Response:
    """The file of a piece of evidence, by an address that holds for some minutes."""
    found = await find(caller, known_kind("actions", "evidence"), key)
    link = accepted(await caller.get(f"{found.path}/download_url")).document
    return seen(str(link["url"]))


async def _waiting(caller: Caller, found: Found) -> list[Record]:
    """The steps of the record that wait for a second person, as far as the caller may know of them."""
    if not found.kind.has.pending:
        return []
    listed = await caller.items(f"{found.path}/transitions/pending")
    return [one for one in listed if one["status"] == "pending"]


async def _last_step(caller: Caller, found: Found) -> Record | None:
    """The last change of the record, if it was a step for which somebody gave a reason."""
    if not found.may_read_history:
        return None
    lines = await caller.items(f"{found.path}/history", {"limit": "1"})
    return lines[0] if lines and lines[0]["reason"] and lines[0]["action"] not in ("create", "update") else None


def _special(found: Found) -> SpecialPage | None:
    """The page that the kind of a record has of its own, if the caller may do there what it is for."""
    special = SPECIAL_PAGES.get(found.kind.name)
    if special is None or (special.states and found.record.get("status") not in special.states):
        return None
    allowed = {step.verb for step in found.steps if step.allowed}
    is_barred = bool(found.record.get("conflict_of_interest"))
    return special if not is_barred and (not special.verbs or allowed.intersection(special.verbs)) else None


def page_of(kind: Kind, key: str) -> str:
    """Where a new record is worked on: on the page of its kind, if that has one for it."""
    return f"/console/centres/{key}" if kind.name == "centres.centres" else f"{kind.page}/{key}"


def offered(found: Found, language: str) -> list[OfferedStep]:
    """The steps that the caller may take now."""
    return [_step(found, step, language) for step in found.steps if step.allowed]


def blocked(found: Found, language: str) -> list[OfferedStep]:
    """The steps that the state has and the caller cannot take now, with what is missing. Those that are not theirs to
    take are left out."""
    theirs = [step for step in found.steps if not step.allowed and step.reason not in (None, "not_permitted")]
    return [_step(found, step, language) for step in theirs]


def _step(found: Found, step: Step, language: str) -> OfferedStep:
    name = found.kind.name
    why = reason_label(step.reason, name, language) if step.reason else ""
    page_of = f"{found.page}/do/{step.verb}" if step.allowed else None
    return OfferedStep(step.verb, verb_label(step.verb, name, language), verb_meaning(step.verb, name), page_of, why)


async def _related(caller: Caller, found: Found) -> list[tuple[Kind, str]]:
    """The lists of what names the record, that the caller may narrow to it."""
    key = str(found.record["id"])
    lists = related_to(found.kind.path)
    opened = await asyncio.gather(*(_is_open(caller, one, key) for one in lists))
    return [
        (one.kind, f"{one.kind.page}?{urlencode({one.narrow: key})}")
        for one, is_open in zip(lists, opened, strict=True)
        if is_open
    ]


async def _is_open(caller: Caller, related: Related, key: str) -> bool:
    if related.for_all:
        return True
    reply = await caller.get(related.kind.path, {related.narrow: key, "limit": "1", "fields": "id"})
    return reply.status_code == HTTPStatus.OK
