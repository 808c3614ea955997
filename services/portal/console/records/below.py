"""The lists below a record, such as its messages, with their first entries."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.portal.console.describing.labels import state_label
from services.portal.console.describing.resources import Part, kinds
from services.portal.console.records.reading import Found, Record, names_of
from services.portal.console.records.shown import Shown, entries_shown, references_in, shown_in
from services.portal.console.session.caller import Caller

_LINES = 10
"""Entries of a list below a record that its file shows."""
_MESSAGES = "messages"
SCORES = "scores"
"""A member of a panel scores once, and sees no score but the own one meanwhile."""
_WRITERS = {
    "reviews": frozenset(("reviewer", "secretariat_officer", "secretariat_admin")),
    SCORES: frozenset(("reviewer",)),
}
"""Who writes to lists that do not say who may."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list below a record. `title` is its ref, or else what the first record is called that it names.
    `page` is its own, where there is one."""

    title: str
    members: tuple[Shown, ...]
    created: str
    state: str
    page: str | None


@dataclass(frozen=True, slots=True)
class PartShown:
    """A list below a record with its first entries. `page` adds another one, where the caller may."""

    name: str
    entries: tuple[Entry, ...]
    page: str | None
    is_conversation: bool


async def parts_of(caller: Caller, found: Found, *, only: Sequence[str] | None = None) -> list[PartShown]:
    """The lists below a record that the caller may read, with their first entries."""
    wanted = [part for part in found.kind.parts if only is None or part.name in only]
    shown = await asyncio.gather(*(_part(caller, found, part) for part in wanted))
    return [each for each in shown if each is not None]


async def _part(caller: Caller, found: Found, part: Part) -> PartShown | None:
    reply = await caller.get(f"{found.path}/{part.name}", {"include": "permitted"} if part.says_permitted else None)
    entries = reply.document.get("items") if reply.status_code == 200 else None
    if entries is None:
        return None
    fields = [field for field in entries_shown(part) if field.refers != found.kind.path]
    names = await names_of(caller, (pair for entry in entries for pair in references_in(fields, entry)))
    return PartShown(
        part.name,
        tuple(_entry(caller, entry, shown_in(fields, entry, names)) for entry in entries[:_LINES]),
        f"{found.page}/{part.name}/new" if _may_add(caller, found, part, reply.document) else None,
        part.name == _MESSAGES,
    )


def _entry(caller: Caller, entry: Record, members: tuple[Shown, ...]) -> Entry:
    path, _, key = str((entry.get("links") or {}).get("self", "")).rpartition("/")
    kind = kinds().get(path)
    state = entry.get("status") if kind else None
    return Entry(
        str(entry.get("ref") or next((one.named.title for one in members if one.named), key if kind else "")),
        members,
        str(entry.get("created_at") or ""),
        state_label(str(state), kind.name, caller.language) if kind and state else "",
        f"{kind.page}/{key}" if kind else None,
    )


def _may_add(caller: Caller, found: Found, part: Part, listed: Record) -> bool:
    """Whether the caller may add an entry to a list below a record that is theirs to work with."""
    if part.creation is None:
        return False
    if part.says_permitted:
        is_theirs = found.may_change or found.may_read_history or any(step.allowed for step in found.steps)
        is_entrusted = found.record.get("visibility") == "restricted"
        return (is_theirs or is_entrusted) and "create" in (listed.get("permitted") or ())
    if part.name == SCORES and listed["items"]:
        return False
    writers = _WRITERS.get(part.name)
    return found.may_change if writers is None else bool(writers & caller.principal.roles)
