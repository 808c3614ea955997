"""Two records side by side, a choice for each field in which they differ, the merge, and its undoing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.describing.labels import kind_label
from services.portal.console.describing.resources import Kind
from services.portal.console.frame.naming import title_of
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.reading import Found, Names, Record, find, known_kind, names_of
from services.portal.console.records.showing import blocked, offered
from services.portal.console.records.shown import Shown, fields_shown, references_in, value_shown
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller, Form, SentForm
from services.portal.console.writing.refusing import CONFLICT, NOT_REFUSED, refused_values
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions

router = console_router()
_MERGES = "/membership/v1/merges"
_MERGED_KINDS = ("experts", "institutions")
_CHOSEN = "choice."
_SIDES = ("winner", "loser")
_DECIDED = ("keep", "restore")


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of two records, or of one before and after: its values, and which of them was chosen."""

    name: str
    sides: tuple[Shown | None, ...]
    chosen: str = ""


@router.get("/console/duplicates/{key}", options=RouteOptions(is_public=True))
async def show_duplicate(key: str, caller: CurrentCaller) -> Response:
    """The two records of a pair. `winner` of the address is the one that stays; by default, the older one."""
    pair = await find(caller, known_kind("membership", "duplicates"), key)
    return await _page(caller, pair, caller.request.query_params.get("winner", ""), {}, {})


@router.post("/console/duplicates/{key}", options=RouteOptions(is_public=True))
async def merge_pair(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Merges the two as chosen, or shows what would move, or why it is refused."""
    pair = await find(caller, known_kind("membership", "duplicates"), key)
    choices = _choices(form, _SIDES)
    if form.get("_do") != "merge":
        return await _page(caller, pair, form.get("winner", ""), choices, {})
    body = {**_both(pair, form.get("winner", "")), "choices": choices}
    reply = await caller.send("POST", _MERGES, body)
    if reply.status_code >= 400:
        return await _page(caller, pair, form.get("winner", ""), choices, refused_values(reply))
    return seen(f"/console/merges/{reply.document['id']}", done="created")


@router.get("/console/merges/{key}", options=RouteOptions(is_public=True))
async def show_merge(key: str, caller: CurrentCaller) -> Response:
    """What a merge did, and what its undoing needs a decision for."""
    return await _merge_page(caller, await find(caller, known_kind("membership", "merges"), key), {}, {})


@router.post("/console/merges/{key}", options=RouteOptions(is_public=True))
async def undo_merge(key: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Undoes the merge. Fields that were edited since need a decision each."""
    merge = await find(caller, known_kind("membership", "merges"), key)
    resolve = _choices(form, _DECIDED)
    body: dict[str, Any] = {"action": "undo", "fields": {"resolve": resolve} if resolve else {}}
    if reason := form.get("reason", "").strip():
        body["reason"] = reason
    etag = form.get("_etag", "") or merge.etag
    reply = await caller.send("POST", f"{merge.path}/transitions", body, {"If-Match": etag})
    if reply.status_code >= 400:
        now = await find(caller, merge.kind, key) if reply.status_code == CONFLICT else merge
        return await _merge_page(caller, now, resolve, refused_values(reply))
    return seen(f"/console/merges/{merge.record['id']}", done="stepped")


def _choices(form: Form, known: Sequence[str]) -> dict[str, str]:
    found = {name.removeprefix(_CHOSEN): value for name, value in form.multi_items() if name.startswith(_CHOSEN)}
    return {name: value for name, value in found.items() if value in known}


def _kind_of(record: Record) -> Kind:
    if record["resource"] not in _MERGED_KINDS:
        raise NotFound("There is no such pair.")
    return known_kind("membership", str(record["resource"]))


def _both(pair: Found, winner: str) -> dict[str, str]:
    """The body of the merge: the record that stays, and the one that becomes part of it."""
    ids = (str(pair.record["a"]), str(pair.record["b"]))
    stays = winner if winner in ids else min(ids)
    return {"resource": str(pair.record["resource"]), "winner_id": stays, "loser_id": ids[ids[0] == stays]}


async def _page(
    caller: Caller, pair: Found, winner: str, choices: Mapping[str, str], refused: Mapping[str, Any]
) -> Response:
    kind, both = _kind_of(pair.record), _both(pair, winner)
    ids = (both["winner_id"], both["loser_id"])
    one, other = await asyncio.gather(*(find(caller, kind, key) for key in ids))
    preview = (
        await _preview(caller, pair, {**both, "choices": dict(choices)}) if not one.moved and not other.moved else {}
    )
    records = (one.record, other.record)
    fields = fields_shown(kind)
    names = await names_of(caller, (found for record in records for found in references_in(fields, record)))
    differing = {str(each["field"]): each for each in preview.get("fields", ())}
    compared = [
        _compared(field, records, names, choices) for field in fields if any(r.get(field.name) for r in records)
    ]
    values = {**NOT_REFUSED, **refused}
    return page(
        caller,
        "duplicate.html",
        found=pair,
        title=kind_label(kind.name, caller.language),
        records=[(each, title_of(each.record, caller.language) or str(each.moved)) for each in (one, other)],
        differing=[each for each in compared if each.name in differing],
        alike=[each for each in compared if each.name not in differing],
        moves=preview.get("moves"),
        may_merge=bool(preview),
        ids=ids,
        score=round(float(pair.record["score"]) * 100),
        reasons=pair.record["reasons"],
        steps=offered(pair, caller.language),
        blocked=blocked(pair, caller.language),
        action=f"/console/duplicates/{pair.record['id']}",
        **values,
    )


async def _preview(caller: Caller, pair: Found, body: Mapping[str, Any]) -> Record:
    """What the merge would do; nothing if the caller may not merge them."""
    if pair.record["status"] != "open":
        return {}
    reply = await caller.send("POST", f"{_MERGES}?dry_run=true", body)
    return reply.document if reply.status_code == 200 else {}


def _compared(field: Field, records: Sequence[Record], names: Names, choices: Mapping[str, str]) -> Compared:
    sides = tuple(value_shown(field, record.get(field.name), names) for record in records)
    return Compared(field.name, sides, choices.get(field.name, ""))


async def _merge_page(caller: Caller, merge: Found, resolve: Mapping[str, str], refused: Mapping[str, Any]) -> Response:
    kind = _kind_of(merge.record)
    step = merge.step("undo")
    named = [(kind.path, str(merge.record[side])) for side in ("winner_id", "loser_id")]
    names = await names_of(caller, named)
    fields = {field.name: field for field in fields_shown(kind)}
    conflicts = [_conflict(fields, each, resolve) for each in merge.record.get("conflicts") or ()]
    values = {**NOT_REFUSED, **refused}
    return page(
        caller,
        "merge.html",
        found=merge,
        kind=merge.kind,
        record=merge.record,
        title=kind_label(kind.name, caller.language),
        sides=[names.get(each) for each in named],
        moved=[(name, count) for name, count in merge.record["moved"].items() if count],
        chosen=[Shown(name, "text", side) for name, side in merge.record["choices"].items()],
        conflicts=conflicts,
        may_undo=step is not None and (step.allowed or bool(conflicts)) and step.reason != "not_permitted",
        needs_reason=step is not None and "reason" in step.requires,
        blocked=blocked(merge, caller.language),
        action=f"/console/merges/{merge.record['id']}",
        **values,
    )


def _conflict(fields: Mapping[str, Field], edited: Record, resolve: Mapping[str, str]) -> Compared:
    """A field that was edited since the merge: its value before the merge, and now."""
    name = str(edited["field"])
    field = fields.get(name) or Field(name, "text")
    sides = tuple(value_shown(field, edited[side]) for side in ("before", "now"))
    return Compared(name, sides, resolve.get(name, ""))
