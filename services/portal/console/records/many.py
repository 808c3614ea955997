"""A step of several records of a list at once: a job, with the outcome of each record."""

import re
from typing import Any

from fastapi import Response

from services.portal.console.describing.labels import reason_label, verb_label
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.reading import known_kind, names_of
from services.portal.console.session.caller import accepted
from services.portal.console.session.guards import CurrentCaller, SentForm
from shared.kernel.errors import Malformed, NotFound
from shared.web.contract.route_options import RouteOptions

router = console_router()
_ITEM = re.compile(r"([0-9a-f-]{36}):([0-9]{1,9})")
_JOB = re.compile(r"[0-9a-f-]{36}")


@router.post("/console/{service}/{resource}/many", options=RouteOptions(is_public=True))
async def take_many(service: str, resource: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Orders the step for the chosen records."""
    kind = known_kind(service, resource)
    if not kind.has.many:
        raise NotFound("Records of this kind take their steps one by one.")
    chosen = [_ITEM.fullmatch(item) for item in form.getlist("item")]
    items = [{"id": found[1], "version": int(found[2])} for found in chosen if found]
    if not items:
        return seen(kind.page, done="none_chosen")
    body: dict[str, Any] = {"action": form.get("verb", ""), "items": items}
    if reason := form.get("reason", "").strip():
        body["reason"] = reason
    reply = accepted(await caller.send("POST", f"{kind.path}/bulk_transitions", body))
    return seen(f"{kind.page}/many/{reply.document['id']}?verb={_code(body['action'])}")


def _code(verb: str) -> str:
    if not re.fullmatch(r"[a-z_]{1,60}", verb):
        raise Malformed("There is no such step.")
    return verb


@router.get("/console/{service}/{resource}/many/{job}", options=RouteOptions(is_public=True))
async def show_many(service: str, resource: str, job: str, caller: CurrentCaller) -> Response:
    """How far the job is; once it has ended, what became of each record."""
    kind = known_kind(service, resource)
    if not _JOB.fullmatch(job):
        raise NotFound("There is no such job.")
    found = accepted(await caller.get(f"/{kind.service}/v1/jobs/{job}")).document
    outcomes = (found["result"] or {}).get("items", [])
    names = await names_of(caller, ((kind.path, str(one["id"])) for one in outcomes))
    verb = caller.request.query_params.get("verb", "")
    return page(
        caller,
        "records_many.html",
        kind=kind,
        job=found,
        verb=verb_label(verb, kind.name, caller.language) if verb else "",
        outcomes=[
            (names.get((kind.path, str(one["id"]))), one, _why(one, kind.name, caller.language)) for one in outcomes
        ],
        here=f"{kind.page}/many/{job}?verb={verb}" if re.fullmatch(r"[a-z_]{0,60}", verb) else kind.page,
    )


def _why(outcome: dict[str, Any], kind: str, language: str) -> str:
    code = outcome.get("reason") or (outcome.get("problem") or {}).get("code")
    return reason_label(str(code), kind, language) if code else ""
