"""Pages of people and access, where the lists of records do not suffice."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.portal.console.describing.labels import state_label
from services.portal.console.describing.resources import kind_of
from services.portal.console.frame.naming import place_of
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.session.caller import accepted
from services.portal.console.session.guards import CurrentCaller, SentForm
from shared.kernel.clock import now, to_text
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True, is_keyed=False)
_LISTS = (
    ("grants", "/access/v1/grants"),
    ("accounts", "/access/v1/accounts"),
    ("focal_points", "/actions/v1/focal_points"),
    ("clients", "/access/v1/clients"),
    ("api_keys", "/access/v1/api_keys"),
    ("webhooks", "/access/v1/webhooks"),
    ("identity_providers", "/access/v1/identity_providers"),
    ("signing_keys", "/access/v1/signing_keys"),
)
_AUDITING = frozenset(("secretariat_admin", "auditor"))
_SHOWN = "25"
_LONGEST = 200
_LIVING_SECRETS = 2
_MONTH = timedelta(days=30)


@router.get("/console/grants", options=_PAGE)
async def show_people(caller: CurrentCaller) -> Response:
    """The lists of people and access that the caller may read, with what they may begin there."""
    replies = await asyncio.gather(*(caller.get(path, {"limit": "1", "include": "permitted"}) for _, path in _LISTS))
    tiles = []
    for (key, path), reply in zip(_LISTS, replies, strict=True):
        if reply.status_code == 200:
            place = f"/console/{path.replace('/v1', '', 1).strip('/')}"
            tiles.append({"key": key, "place": place, "can_create": "create" in reply.document.get("permitted", ())})
    return page(caller, "people.html", here="grants", tiles=tiles, reads_trail=bool(_AUDITING & caller.principal.roles))


@router.get("/console/audit", options=_PAGE)
async def show_trail(caller: CurrentCaller) -> Response:
    """The audit trail from a position on, in the order of the chain, of one `subject` or `actor` if that is given."""
    query = caller.request.query_params
    asked = {
        name: query[name].strip()[:_LONGEST] for name in ("subject", "actor", "after") if query.get(name, "").strip()
    }
    found = await caller.read("/access/v1/audit", {**asked, "limit": _SHOWN})
    following = "" if found["next_after"] == asked.get("after") else urlencode({**asked, "after": found["next_after"]})
    lines = [(line, kind_of(*str(line["resource"]).split(".", 1))) for line in found["items"]]
    return page(caller, "audit.html", here="grants", lines=lines, asked=asked, following=following)


@router.get("/console/clients", options=_PAGE)
async def to_clients() -> Response:
    """The list of clients."""
    return RedirectResponse("/console/access/clients", 303)


@router.get("/console/webhooks", options=_PAGE)
async def to_webhooks() -> Response:
    """The list of webhooks."""
    return RedirectResponse("/console/access/webhooks", 303)


@router.get("/console/clients/{key}", options=_PAGE)
async def show_client(key: str, caller: CurrentCaller) -> Response:
    """A client: its secrets, and what it called."""
    return await _client(caller, key)


@router.post("/console/clients/{key}/secrets", options=_PAGE)
async def add_secret(key: str, caller: CurrentCaller, _form: SentForm) -> Response:
    """Adds a secret, which the page shows once; of a client with a role of two it waits for a second person."""
    reply = accepted(await caller.send("POST", f"{_path('clients', key)}/secrets"))
    return await _client(caller, key, str(reply.document.get("secret") or ""), is_proposed=reply.status_code == 202)


@router.post("/console/clients/{key}/secrets/oldest", options=_PAGE)
async def remove_secret(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Ends the older of two secrets, those that the page was made for."""
    given = {"If-Match": form.get("_etag") or ""}
    accepted(await caller.send("DELETE", f"{_path('clients', key)}/secrets/oldest", headers=given))
    return seen(f"/console/clients/{quote(key, safe='')}", done="removed")


@router.get("/console/webhooks/{key}", options=_PAGE)
async def show_webhook(key: str, caller: CurrentCaller) -> Response:
    """A webhook: its health and its last deliveries."""
    path = _path("webhooks", key)
    record, found = await asyncio.gather(caller.read(path), caller.read(f"{path}/deliveries", {"limit": _SHOWN}))
    return page(
        caller,
        "webhook.html",
        here="grants",
        record=record,
        state=state_label(record["status"], "access.webhooks", caller.language),
        deliveries=found["items"],
        states={
            one["status"]: state_label(one["status"], "access.webhooks", caller.language) for one in found["items"]
        },
        place=place_of("access", "webhooks", record["id"]),
    )


@router.post("/console/webhooks/{key}/replays", options=_PAGE)
async def replay(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Sends one event, or all of the last month that failed, once more."""
    event = form.get("event_id")
    body = {"event_id": event} if event else {"status": "failed", "from": to_text(now() - _MONTH)}
    accepted(await caller.send("POST", f"{_path('webhooks', key)}/replays", body))
    return seen(f"/console/webhooks/{quote(key, safe='')}", done="replayed")


async def _client(caller: CurrentCaller, key: str, secret: str = "", *, is_proposed: bool = False) -> Response:
    path = _path("clients", key)
    found, usage, permitted = await asyncio.gather(
        caller.get(path),
        caller.get(f"{path}/usage", {"limit": _SHOWN}),
        caller.get(f"{path}/transitions"),
    )
    record = accepted(found).document
    verbs: list[str] = permitted.document.get("permitted") or []
    is_secret = record["status"] == "active" and not record["public"] and record["jwks"] is None
    may_change: dict[str, Any] = {
        "can_add": is_secret and "update" in verbs,
        "can_remove": is_secret and "update" in verbs and record["living_secrets"] == _LIVING_SECRETS,
    }
    return page(
        caller,
        "client.html",
        here="grants",
        record=record,
        etag=found.headers["etag"],
        state=state_label(record["status"], "access.clients", caller.language),
        usage=usage.document.get("items", []) if usage.status_code == 200 else [],
        secret=secret,
        is_proposed=is_proposed,
        place=place_of("access", "clients", record["id"]),
        **may_change,
    )


def _path(plural: str, key: str) -> str:
    return f"/access/v1/{plural}/{quote(key, safe='')}"
