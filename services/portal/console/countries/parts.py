"""The parts of a country's page: lists of the API narrowed to the country, each row with its name, state and day."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.console.describing.labels import state_label
from services.portal.console.frame.naming import day_of, expert_in, place_of, title_of
from services.portal.console.records.reading import names_of
from services.portal.console.session.caller import Caller, accepted

_ROWS = "20"
_EXPERTS = "/membership/v1/experts"
_NEW = "create"


@dataclass(frozen=True, slots=True)
class Part:
    """A list of a country. `text` names its heading, `day` the member with its day, and `query` narrows it further.
    `is_begun_here`: a record of it is begun from the page."""

    text: str
    service: str
    resource: str
    day: str
    query: Mapping[str, str]
    is_begun_here: bool = False

    @property
    def place(self) -> str:
        """The page of the whole list."""
        return f"/console/{self.service}/{self.resource}"


PARTS = (
    Part("letters", "actions", "correspondence", "reply_due", {"status": "logged,sent,awaiting_reply"}, True),
    Part("tasks", "actions", "tasks", "due", {"status": "open,in_progress,done"}, True),
    Part("focal_points", "actions", "focal_points", "starts", {"status": "nominated,active,handing_over"}, True),
    Part("bodies", "actions", "government_bodies", "", {}),
    Part("endorsements", "actions", "endorsements", "valid_to", {}),
    Part("committees", "centres", "committees", "", {}),
    Part("centres", "centres", "centres", "", {}),
    Part("programmes", "actions", "programmes", "started_on", {}),
    Part("milestones", "actions", "milestones", "due", {"overdue": "true"}),
)
_OF_STAGE = {
    "contact": "/console/actions/correspondence",
    "preparatory_committee": "/console/centres/committees",
    "scientific_committee": "/console/centres/committees",
    "centre": "/console/centres/centres",
    "endorsement": "/console/actions/endorsements",
    "programme": "/console/actions/programmes",
    "results": "/console/actions/results",
}
"""Where what a stage lacks is worked on."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a part."""

    title: str
    ref: str
    place: str
    state: str
    day: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A part with its rows. `more`: there are further ones. `can_create`: the caller may begin one."""

    part: Part
    rows: Sequence[Row]
    more: bool
    can_create: bool


@dataclass(frozen=True, slots=True)
class CountryFile:
    """A country as its page shows it. `parts` are those that the caller may read."""

    record: Mapping[str, Any]
    lacking: str
    lacking_place: str
    parts: Sequence[Shown]


async def country_file(caller: Caller, code: str) -> CountryFile:
    """The page of a country. Raises ApiRefused for an unknown code."""
    record = await caller.read(f"/actions/v1/countries/{code}")
    shown = await asyncio.gather(*(_shown(caller, part, code) for part in PARTS))
    facts: list[Mapping[str, Any]] = record["facts"]
    lacking = str(facts[record["stage"]]["key"]) if record["stage"] < len(facts) else ""
    place = f"{_OF_STAGE[lacking]}?country={code}" if lacking else ""
    return CountryFile(record, lacking, place, [each for each in shown if each is not None])


async def _shown(caller: Caller, part: Part, code: str) -> Shown | None:
    query = {"country": code, "limit": _ROWS, "include": "permitted", **part.query}
    reply = await caller.get(f"/{part.service}/v1/{part.resource}", query)
    if reply.status_code in (403, 404):
        return None
    found = accepted(reply).document
    kind = f"{part.service}.{part.resource}"
    people = await names_of(caller, [(_EXPERTS, key) for one in found["items"] if (key := expert_in(one))])
    rows = [
        Row(
            named.title
            if (named := people.get((_EXPERTS, expert_in(record) or "")))
            else title_of(record, caller.language),
            record["ref"],
            place_of(part.service, part.resource, record["id"]),
            state_label(record["status"], kind, caller.language),
            day_of(record.get(part.day)),
            bool(record.get("overdue")),
        )
        for record in found["items"]
    ]
    rows.sort(key=lambda row: (not row.is_late, row.day or "9"))
    can_create = part.is_begun_here and _NEW in found.get("permitted", ())
    return Shown(part, rows, found["next"] is not None, can_create)
