"""What waits for a person, in all services: one read of the work list, and one of each list for the names."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from services.portal.console.describing.labels import code_label, is_code, kind_label, list_label, verb_label
from services.portal.console.describing.resources import kind_of
from services.portal.console.frame.naming import day_of, place_of
from services.portal.console.records.about import about, title_by
from services.portal.console.records.reading import names_of
from services.portal.console.records.showing import SPECIAL_PAGES
from services.portal.console.session.caller import Caller
from services.portal.reading.reads import cursor_of

WORK_LIST = "/access/v1/work_list"
_SHOWN = "50"
_MOST_KINDS = 8
_NAMED = "100"
_STEP = "verb"
_BY_TWO = frozenset(("confirm", "withdraw"))
"""What the work list says of a step that waits for a second person."""
_CONFIRMED_BY_ONE = frozenset(("actions.offers", "actions.support_requests"))
"""The kinds whose own step has such a name, and which know no second person."""
_STATES = {"red": "late", "yellow": "soon"}
PLACES: Mapping[tuple[str, str], str] = {
    ("membership.experts", "start_review"): "/console/experts/{id}/screen",
    ("membership.experts", "approve"): "/console/experts/{id}/screen",
    ("membership.nominations", "score"): "/console/membership/nominations/{id}/scores/new",
    ("membership.nominations", "select"): "/console/membership/nominations/{id}",
    ("membership.nominations", "pass_over"): "/console/membership/nominations/{id}",
    ("centres.evaluations", "score"): "/console/centres/evaluations/{id}/scores/new",
    ("centres.reviewers", "review"): "/console/centres/centres/{centre_id}/reviews/new?reviewer_id={expert_id}",
    ("actions.reviewers", "comment"): "/console/contributions/{contribution_id}",
    ("actions.review_rounds", "comment"): "/console/actions/review_rounds/{id}",
    ("actions.offers", "deliver"): "/console/actions/support_requests/{request_id}/do/deliver",
}
"""Where that is done which has no page below its record: with other steps on a page, among which one chooses, as an
entry of a list, as a step of another record."""


@dataclass(frozen=True, slots=True)
class Item:
    """A step that waits: its record, what it is called, and where it is done. `state` is `late`, `soon` or empty."""

    kind: str
    ref: str
    title: str
    country: str
    step: str
    due: str
    state: str
    record: str
    place: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what waits. `second` wait for a second person, `steps` are all others, overdue first."""

    total: int
    second: Sequence[Item]
    steps: Sequence[Item]
    kinds: Sequence[tuple[str, str]]
    next: str | None

    @property
    def is_empty(self) -> bool:
        return not self.second and not self.steps


async def queue_of(caller: Caller, kind: str = "", cursor: str = "") -> Queue:
    """What waits for the caller, the earliest due first."""
    query = {"limit": _SHOWN, **({"kind": kind} if kind else {}), **({"cursor": cursor} if cursor else {})}
    found = await caller.read(WORK_LIST, query)
    rows: list[dict[str, Any]] = found["items"]
    records = await _records(caller, rows)
    titles = await _titles(caller, rows, records)
    items = [(row, _item(row, records.get(row["id"], {}), titles[row["id"]], caller.language)) for row in rows]
    kinds = {row["resource"]: list_label(f"{row['service']}.{row['resource']}", caller.language) for row in rows}
    return Queue(
        int(found["total"]),
        [item for row, item in items if _is_by_two(row)],
        [item for row, item in items if not _is_by_two(row)],
        sorted(kinds.items(), key=lambda one: one[1]),
        cursor_of(found["next"]),
    )


async def _records(caller: Caller, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The records by id, as far as the lists of the caller's own work have them."""
    kinds = list(dict.fromkeys((row["service"], row["resource"]) for row in rows))[:_MOST_KINDS]

    async def read(service: str, resource: str) -> list[dict[str, Any]]:
        reply = await caller.get(f"/{service}/v1/{resource}", {"holder": "me", "limit": _NAMED})
        return list(reply.document.get("items", [])) if reply.status_code == 200 else []

    lists = await asyncio.gather(*(read(*kind) for kind in kinds))
    return {str(record["id"]): record for records in lists for record in records}


async def _titles(
    caller: Caller, rows: Sequence[Mapping[str, Any]], records: Mapping[str, dict[str, Any]]
) -> dict[str, str]:
    """What the records are called, by id; empty for those that the lists do not have."""
    subjects = {}
    for row in rows:
        kind, record = kind_of(row["service"], row["resource"]), records.get(row["id"])
        subjects[row["id"]] = about(kind, record) if kind and record else []
    names = await names_of(caller, (pair for pairs in subjects.values() for pair in pairs))
    return {
        key: title_by(records[key], pairs, names, caller.language) if key in records else ""
        for key, pairs in subjects.items()
    }


def _is_by_two(row: Mapping[str, Any]) -> bool:
    return row["verb"] in _BY_TWO and f"{row['service']}.{row['resource']}" not in _CONFIRMED_BY_ONE


def _item(row: Mapping[str, Any], record: Mapping[str, Any], title: str, language: str) -> Item:
    service, resource, verb = row["service"], row["resource"], row["verb"]
    page = place_of(service, resource, row["id"])
    return Item(
        kind_label(f"{service}.{resource}", language),
        row["ref"],
        title,
        row["country"] or "",
        _step(f"{service}.{resource}", verb, language),
        day_of(row["due"]),
        _STATES.get(row["light"] or "", ""),
        page,
        page if _is_by_two(row) else place_of_step(f"{service}.{resource}", verb, page, {"id": row["id"], **record}),
    )


def _step(kind: str, verb: str, language: str) -> str:
    """What a step is called, which is a transition, or an entry of a list below the record."""
    return code_label(_STEP, verb, language) if is_code(_STEP, verb) else verb_label(verb, kind, language)


def place_of_step(kind: str, verb: str, page: str, record: Mapping[str, Any]) -> str:
    """Where a step is taken: elsewhere, on the page of its kind, or on a page of its own below the `page` of the
    record. The page of the record itself, if the record does not name where."""
    if kind == "centres.centres":
        return SPECIAL_PAGES[kind].page.format(id=record["id"])
    place = PLACES.get((kind, verb))
    if place is None:
        return f"{page}/do/{verb}"
    names = {name for _, name, _, _ in Formatter().parse(place) if name}
    return place.format_map(record) if names <= record.keys() else page
