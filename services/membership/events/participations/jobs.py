"""Participations in imports and exports. A new row finds its person among the known experts, or adds a prospect."""

from collections.abc import Sequence
from typing import Literal

import orjson

from services.membership.access import ROLES
from services.membership.events.congresses import queries as congresses
from services.membership.events.congresses.domain import PUBLISHED
from services.membership.events.congresses.operations import CONGRESSES
from services.membership.events.congresses.schemas import Code
from services.membership.events.participations import domain
from services.membership.events.participations.operations import PARTICIPATIONS, fault_of
from services.membership.events.participations.queries import EXPORTED
from services.membership.events.prospects.operations import resolve
from services.membership.events.prospects.rows import (
    PERSON_HEADINGS,
    PersonRow,
    person_cells,
    person_identity,
    person_in,
    person_of,
)
from services.membership.register.experts.jobs import HEADING_OF_NAME, texts_of
from services.membership.register.experts.operations import EXPERTS
from shared.bulk.importable import Importable
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import Resolved, ResolvedRow, RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import reading_access
from shared.web.contract.rows import validated

HEADINGS = ("congress", *PERSON_HEADINGS, "role", "attended")
_FAULTS = {
    "unknown_congress": "congress: there is no congress of this code.",
    "congress_cancelled": "congress: the congress is cancelled.",
    "congress_not_begun": "attended: the congress has not begun.",
}


class ParticipationRow(PersonRow):
    """The fields that a row may set."""

    congress: Code
    role: Literal[domain.ROLES] = "participant"  # type: ignore[valid-type]
    attended: bool = False


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a new participation. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    if "congress" not in one:
        raise RowFault("unknown_congress", "congress: the code of the congress is needed.")
    body = {"congress": one["congress"].upper(), "role": one.get("role", "participant").lower(), **person_in(one)}
    if "attended" in one:
        body["attended"] = one["attended"]
    values = validated(ParticipationRow, body, HEADING_OF_NAME)
    return ParsedRow((values["congress"], values["role"], *person_identity(one)), (), values["country"], values)


async def _faults(connection: Connection, principal: Principal, rows: Sequence[Values]) -> dict[int, RowFault]:
    """What is wrong with the congresses of these rows, by position."""
    found = await congresses.by_code(connection, {values["congress"] for values in rows})
    access = reading_access(principal, CONGRESSES.resource)
    known = {code: congress for code, congress in found.items() if access.knows(congress, PUBLISHED)}
    faults: dict[int, RowFault] = {}
    for place, values in enumerate(rows):
        congress = known.get(values["congress"])
        code = "unknown_congress" if congress is None else fault_of(congress)
        if code and (code != "congress_not_begun" or values.get("attended")):
            faults[place] = RowFault(code, _FAULTS[code])
    return faults


async def _resolve(uow: UnitOfWork, rows: Sequence[Values], is_dry: bool) -> Resolved:
    """The rows with the congresses and experts that they name. Their key is the participation that the expert may have
    already."""
    found = await congresses.by_code(uow.connection, {values["congress"] for values in rows})
    people = [
        person_of(values, "student" if values["role"] == "student" else "expert", is_listed=True) for values in rows
    ]
    experts, added = await resolve(uow, people, is_dry=is_dry)
    resolved = []
    for values, expert in zip(rows, experts, strict=True):
        congress = found[values["congress"]].id
        key = f"participation:{congress}:{expert}:{values['role']}"
        whole = {**values, "congress_id": congress, "expert_id": expert}
        resolved.append(ResolvedRow(whole, () if expert is None else (key,)))
    return Resolved(resolved, added)


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new participation. A dry run does not know new experts."""
    return {
        "status": domain.REGISTERED,
        "visibility": "restricted",
        "country": values["country"],
        "congress_id": values["congress_id"],
        "expert_id": values["expert_id"],
        "role": values["role"],
    }


def _advance(row: Values, values: Values, _registry: bool) -> str | None:
    return "attend" if values.get("attended") and row["status"] == domain.REGISTERED else None


def cells(row: Values, access: AccessScope) -> dict[str, str]:
    """The participation in an export. Who reads all of the expert gets the first name and address, and the primary or
    the first affiliation."""
    named = orjson.loads(row["named"]) if row["named"] else {}
    reads = reading_access(access.principal, EXPERTS.resource).sees_all_fields(row["country"], row["expert_id"])
    texts = {
        "congress": named.get("congress"),
        **(person_cells(named) if reads else {}),
        "country": row["country"],
        "role": row["role"],
        "attended": {domain.ATTENDED: "true", "absent": "false"}.get(row["status"]),
    }
    return {heading: text for heading, text in texts.items() if text}


PARTICIPATION_IMPORT = Importable(
    kind=PARTICIPATIONS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells),
    entry=Entry(enter, lambda _row, _values: {}, _advance),
    listing=EXPORTED,
    export_extra="named",
    records=RowRecords(matches="member_participation_matches", references=_faults, resolve=_resolve),
)
