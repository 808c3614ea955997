"""The page on which an officer decides about an application."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.describing.labels import verb_label
from services.portal.console.frame.naming import title_of
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.below import parts_of
from services.portal.console.records.reading import Found, Name, find, known_kind, names_of
from services.portal.console.records.showing import DECISIONS, blocked
from services.portal.console.records.shown import fields_shown, references_in, shown_in, sources_in
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller, SentForm
from services.portal.console.writing.filling import Filled, filled, form_values
from services.portal.console.writing.refusing import refused_values
from services.portal.console.writing.stepping import send_step
from shared.kernel.errors import Malformed
from shared.reading.api import Reply
from shared.web.contract.route_options import RouteOptions

router = console_router()
_BEGIN = "start_review"
_AFTER_BEGIN = ("approve", "reject")
_WAITING = "applied,under_review"
_QUEUE = 25
_EXPERTS, _DUPLICATES, _DECLARATIONS = (
    "/membership/v1/experts",
    "/membership/v1/duplicates",
    "/membership/v1/declarations",
)
_FIELDS = (
    Field("reason", "prose", longest=20_000),
    Field("starts", "day"),
    Field("ends", "day"),
)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A record that may be the same person: what it is called, how alike it is, and the page that compares the two."""

    name: Name | None
    score: float
    page: str


@router.get("/console/experts/{key}/screen", options=RouteOptions(is_public=True))
async def show_screening(key: str, caller: CurrentCaller) -> Response:
    """The profile, possible duplicates, declarations and the conversation of an applicant, with the decision."""
    found = await find(caller, known_kind("membership", "experts"), key)
    if found.moved:
        return seen(f"/console/experts/{found.moved}/screen")
    return await _page(caller, found, Filled({}, {}), {})


@router.post("/console/experts/{key}/screen", options=RouteOptions(is_public=True))
async def decide(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Takes the decision, beginning the review where that is needed, and leads to the next application."""
    kind = known_kind("membership", "experts")
    found = await find(caller, kind, key)
    given = await filled(caller, _FIELDS, form)
    verb = given.own("decision")
    if verb not in decisions(found):
        raise Malformed("The application is not waiting for this decision.")
    reply, found = await _decided(caller, found, verb, given)
    if reply.status_code >= 400:
        return await _page(caller, found, given.refused(reply, below="/fields"), refused_values(reply))
    following = await _next(caller, str(found.record["id"]))
    return seen(f"/console/experts/{following}/screen" if following else "/console/", done="stepped")


def decisions(found: Found) -> list[str]:
    """The decisions that the caller may take: at once, or once the review has begun."""
    begins = (step := found.step(_BEGIN)) is not None and step.allowed
    now = {step.verb for step in found.steps if step.allowed}
    return [verb for verb in DECISIONS if verb in now or (begins and verb in _AFTER_BEGIN)]


async def _decided(caller: Caller, found: Found, verb: str, given: Filled) -> tuple[Reply, Found]:
    """The response to the decision, and the application that it was about."""
    if found.step(verb) is None and (begin := found.step(_BEGIN)) is not None:
        begun = await send_step(caller, found, begin, Filled({"_etag": [given.own("etag")]}, {}))
        if begun.status_code >= 400:
            return begun, found
        found = await find(caller, found.kind, str(found.record["id"]))
        given = Filled({**given.sent, "_etag": [found.etag]}, given.values, given.faults)
    step = found.step(verb)
    if step is None:
        raise Malformed("The application is not waiting for this decision.")
    taken = {name: value for name, value in given.values.items() if name in (*step.schema["properties"], "reason")}
    return await send_step(caller, found, step, Filled(given.sent, taken)), found


async def _next(caller: Caller, but: str) -> str | None:
    """The next application that waits for the caller, the oldest first."""
    query = {"status": _WAITING, "holder": "me", "limit": str(_QUEUE), "fields": "id", "sort": "updated_at"}
    waiting = await caller.items(_EXPERTS, query)
    return next((str(one["id"]) for one in waiting if one["id"] != but), None)


async def _page(caller: Caller, found: Found, given: Filled, refused: dict[str, Any]) -> Response:
    record, fields, choices = found.record, fields_shown(found.kind), decisions(found)
    key = str(record["id"])
    below, names, pairs, declared = await asyncio.gather(
        parts_of(caller, found),
        names_of(caller, references_in(fields, record)),
        caller.items(_DUPLICATES, {"record": key, "status": "open"}),
        caller.items(_DECLARATIONS, {"expert_id": key}),
    )
    following = await _next(caller, key) if choices else None
    declarations = known_kind("membership", "declarations")
    return page(
        caller,
        "screening.html",
        found=found,
        kind=found.kind,
        record=record,
        title=title_of(record, caller.language),
        members=shown_in(fields, record, names),
        sources=sources_in(record),
        below=below,
        lookalikes=await _lookalikes(caller, key, pairs),
        declared=[
            (f"{declarations.page}/{one['id']}", one, shown_in(declarations.members, one, {})) for one in declared
        ],
        decisions=[(verb, verb_label(verb, found.kind.name, caller.language)) for verb in choices],
        chosen=given.own("decision"),
        blocked=blocked(found, caller.language),
        following=f"/console/experts/{following}/screen" if following else None,
        etag=found.etag,
        **await form_values(caller, _FIELDS, given, refused),
    )


async def _lookalikes(caller: Caller, key: str, pairs: Sequence[dict[str, Any]]) -> list[Lookalike]:
    others = [str(pair["b"] if pair["a"] == key else pair["a"]) for pair in pairs]
    names = await names_of(caller, ((_EXPERTS, other) for other in others))
    return [
        Lookalike(names.get((_EXPERTS, other)), float(pair["score"]), f"/console/duplicates/{pair['id']}")
        for other, pair in zip(others, pairs, strict=True)
    ]
