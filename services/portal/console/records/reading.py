"""Reads of records for the caller: one record with its steps, and what records are called."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.portal.console.describing.resources import Kind, kind_of, kinds
from services.portal.console.frame.naming import title_of
from services.portal.console.session.caller import Caller, accepted
from shared.kernel.errors import NotFound

Record: TypeAlias = dict[str, Any]
_KEY = re.compile(r"[A-Za-z0-9-]{1,64}")
_MOVED = 308
_MOST_NAMED = 60
"""Records that a page names; further ones have their links alone."""
_SAID_IN_THE_STEP: Mapping[str, str] = {
    "decision_missing": "decision_id",
    "document_missing": "document",
    "endorsement_missing": "waiver",
    "evaluation_missing": "evaluation",
    "evidence_missing": "evidence",
    "final_report_missing": "final_report",
    "institution_missing": "institution_id",
    "prefill_unconfirmed": "confirm_prefilled",
    "recommendation_missing": "recommendation",
    "report_missing": "report",
    "warnings_open": "acknowledge",
}
"""What a step lacks, by the field of its form that says it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A transition of the present state. `reason` is the code of what is missing, where the record does not allow it or
    where its own form says it. `allowed`: it may be taken, with what its form says."""

    verb: str
    to: str
    allowed: bool
    reason: str | None
    requires: tuple[str, ...]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A record with its ETag and what the caller may do with it. `moved` is the key of the record that it became a part
    of, and then there is no more."""

    kind: Kind
    record: Record
    etag: str = ""
    steps: tuple[Step, ...] = ()
    may_change: bool = False
    may_read_history: bool = False
    moved: str | None = None

    @property
    def page(self) -> str:
        """Its address in the console."""
        return f"{self.kind.page}/{self.moved or self.record['id']}"

    @property
    def path(self) -> str:
        """Its address in the API."""
        return f"{self.kind.path}/{self.record['id']}"

    def step(self, verb: str) -> Step | None:
        """The step with this verb, if the state has it."""
        return next((step for step in self.steps if step.verb == verb), None)


def known_kind(service: str, plural: str) -> Kind:
    """A kind of record. Raises NotFound for another name."""
    found = kind_of(service, plural)
    if found is None:
        raise NotFound("There is no such list.")
    return found


async def find(caller: Caller, kind: Kind, key: str) -> Found:
    """A record by its id or ref, with the steps of its state. Raises NotFound and ApiRefused."""
    if not _KEY.fullmatch(key):
        raise NotFound("There is no such record.")
    path = f"{kind.path}/{key}"
    if not kind.has.steps:
        reply = await caller.get(path)
        moving: Mapping[str, Any] = {}
    else:
        reply, stepping = await asyncio.gather(caller.get(path), caller.get(f"{path}/transitions"))
        moving = stepping.document if stepping.status_code == 200 else {}
    if reply.status_code == _MOVED:
        return Found(kind, {}, moved=reply.headers["location"].partition("?")[0].rpartition("/")[2])
    record = accepted(reply).document
    permitted = moving.get("permitted", ())
    return Found(
        kind,
        record,
        reply.headers.get("etag", ""),
        tuple(_step(each) for each in moving.get("allowed_actions", ())),
        may_change=kind.change is not None and (not kind.has.steps or "update" in permitted),
        may_read_history=kind.has.history and "history" in permitted,
    )


def _step(given: Mapping[str, Any]) -> Step:
    reason, schema = given["reason"], given["fields_schema"]
    said = _SAID_IN_THE_STEP.get(reason)
    is_said = said in schema.get("properties", {})
    if is_said:
        schema = {**schema, "required": [*schema.get("required", ()), said]}
    return Step(
        given["action"], given["to"], bool(given["allowed"]) or is_said, reason, tuple(given["requires"]), schema
    )


@dataclass(frozen=True, slots=True)
class Name:
    """A record that another one names: its ref, what it is called, and its page, if the console has one."""

    ref: str
    title: str
    page: str | None


Names: TypeAlias = Mapping[tuple[str, str], Name | None]
"""The named records by list and id; None for one that the caller may not know of."""


async def names_of(caller: Caller, wanted: Iterable[tuple[str, str]]) -> Names:
    """What the records of these lists with these ids or refs are called."""
    asked = [each for each in dict.fromkeys(wanted) if _KEY.fullmatch(each[1])][:_MOST_NAMED]
    found = await asyncio.gather(*(_name(caller, path, key) for path, key in asked))
    return dict(zip(asked, found, strict=True))


async def _name(caller: Caller, path: str, key: str) -> Name | None:
    kind = kinds().get(path)
    reply = await caller.get(f"{path}/{key}")
    if reply.status_code == _MOVED:
        return await _name(caller, path, reply.headers["location"].partition("?")[0].rpartition("/")[2])
    if reply.status_code != 200:
        return None
    record = reply.document
    ref = str(record.get("ref") or key)
    return Name(ref, title_of(record, caller.language), f"{kind.page}/{record['id']}" if kind else None)
