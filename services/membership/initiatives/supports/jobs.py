"""Supports in imports and exports: paper lists. A new row finds its person among the known experts, or adds a prospect.

With `registry` the list is proof: its supports are accepted. Else they wait for an office.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from pydantic import AwareDatetime

from services.membership.access import ROLES
from services.membership.events.prospects.operations import resolve
from services.membership.events.prospects.rows import (
    PERSON_HEADINGS,
    PersonRow,
    person_cells,
    person_identity,
    person_in,
    person_of,
)
from services.membership.initiatives.initiatives import queries as initiatives
from services.membership.initiatives.initiatives.domain import PUBLISHED, SIGNER_OF, digest_read, is_within
from services.membership.initiatives.initiatives.operations import INITIATIVES
from services.membership.initiatives.initiatives.schemas import Code
from services.membership.initiatives.supports import domain, queries
from services.membership.initiatives.supports.operations import SUPPORTS
from services.membership.initiatives.supports.queries import EXPORTED
from services.membership.initiatives.supports.schemas import Capacity
from services.membership.register.experts.domain import display_name
from services.membership.register.experts.jobs import HEADING_OF_NAME, texts_of
from services.membership.register.experts.operations import EXPERTS
from shared.bulk.importable import Importable
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import Resolved, ResolvedRow, RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import reading_access
from shared.web.contract.fields import Day, Line
from shared.web.contract.rows import validated

HEADINGS = ("initiative", *PERSON_HEADINGS, "role", "capacity", "signed_at", "consent_to_list", "sheet")
_FAULTS = {
    "unknown_initiative": "initiative: there is no initiative of this code.",
    "outside_signing_period": "signed_at: the initiative is not signed then.",
    "not_one_of": "capacity: nobody signs this initiative in this capacity.",
}


class SupportRow(PersonRow):
    """The fields that a row may set."""

    initiative: Code
    role: Line | None = None
    capacity: Capacity = "personal"
    signed_at: AwareDatetime | Day | None = None
    consent_to_list: bool = False
    sheet: Line | None = None


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a new support. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    if "initiative" not in one:
        raise RowFault("unknown_initiative", "initiative: the code of the initiative is needed.")
    body: dict[str, Any] = {"initiative": one["initiative"].upper(), **person_in(one)}
    body |= {name: one[name] for name in ("role", "signed_at", "consent_to_list", "sheet") if name in one}
    if "capacity" in one:
        body["capacity"] = one["capacity"].lower()
    values = validated(SupportRow, body, HEADING_OF_NAME)
    return ParsedRow((values["initiative"], *person_identity(one)), (), values["country"], values)


def signed_at(values: Values, opens: datetime | None) -> datetime:
    """When the row was signed: an instant, the part of a day after the opening, or now."""
    said = values.get("signed_at")
    if said is None:
        return now()
    if len(said) > len("2026-11-27"):
        return datetime.fromisoformat(said)
    starts = datetime.combine(date.fromisoformat(said), time(), UTC)
    return opens if opens is not None and starts < opens < starts + timedelta(days=1) else starts


async def _faults(connection: Connection, principal: Principal, rows: Sequence[Values]) -> dict[int, RowFault]:
    """What is wrong with the initiatives of these rows, by position."""
    found = await initiatives.by_code(connection, {values["initiative"] for values in rows})
    access = reading_access(principal, INITIATIVES.resource)
    known = {code: row for code, row in found.items() if access.knows_row(row, PUBLISHED)}
    codes = (_fault(known.get(values["initiative"]), values) for values in rows)
    return {place: RowFault(code, _FAULTS[code]) for place, code in enumerate(codes) if code}


def _fault(initiative: Row | None, values: Values) -> str | None:
    if initiative is None:
        return "unknown_initiative"
    opens, closes = initiative["opens"], initiative["closes"]
    at = signed_at(values, opens)
    if initiative["status"] not in PUBLISHED or at > now() or not is_within(opens, closes, at):
        return "outside_signing_period"
    return None if SIGNER_OF[values.get("capacity", domain.PERSONAL)] in initiative["signers"] else "not_one_of"


async def _resolve(uow: UnitOfWork, rows: Sequence[Values], is_dry: bool) -> Resolved:
    """The rows with the initiatives and experts that they name. Their key is the support that the expert may have
    already."""
    found = await initiatives.by_code(uow.connection, {values["initiative"] for values in rows})
    people = [person_of(values, "supporter", values.get("role")) for values in rows]
    experts, added = await resolve(uow, people, is_dry=is_dry)
    works = await queries.affiliations_named(uow.connection, [one for one in experts if one])
    resolved = []
    for values, expert in zip(rows, experts, strict=True):
        initiative = found[values["initiative"]]
        work = works.get((expert, domain.organisation_key(values.get("organisation"))))
        whole = {
            **values,
            "initiative_id": initiative["id"],
            "expert_id": expert,
            "at": signed_at(values, initiative["opens"]),
            "text_digest": digest_read(initiative["text_digests"], "en"),
            "affiliation": work and work["id"],
            "organisation_id": work and work["institution_id"],
        }
        key = f"support:{initiative['id']}:{expert}"
        resolved.append(ResolvedRow(whole, () if expert is None else (key,)))
    return Resolved(resolved, added)


def enter(values: Values, registry: bool) -> Columns:
    """The columns of a new support. A dry run does not know new experts."""
    raw, at = values.get("organisation"), values["at"]
    sheet = values.get("sheet")
    return {
        "status": "pending",
        "country": values["country"],
        **{
            name: values[name]
            for name in ("initiative_id", "expert_id", "text_digest", "affiliation", "organisation_id")
        },
        "capacity": values.get("capacity", domain.PERSONAL),
        "organisation": {"institution_id": None, "raw": raw} if raw else None,
        "organisation_key": domain.organisation_key(raw),
        "signed_at": at,
        "consent_to_contact": False,
        "email_verified": False,
        "evidence": _evidence(sheet, at) if sheet else None,
        "name_key": domain.name_key(display_name(values["names"])),
        "accepted_at": now() if registry else None,
        **_listed(values, is_accepted=registry),
    }


def _evidence(sheet: str, at: datetime) -> Columns:
    return {"title": sheet, "date": at.date().isoformat(), "url": None, "evidence_id": None, "sha256": None}


def _listed(values: Values, *, is_accepted: bool) -> Columns:
    agreed = bool(values.get("consent_to_list"))
    is_listed = agreed and is_accepted
    return {
        "consent_to_list": agreed,
        "visibility": "public" if is_listed else "restricted",
        "listed_name": display_name(values["names"]) if is_listed else None,
    }


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a living support: the consent to be listed."""
    agreed = values.get("consent_to_list", row["consent_to_list"])
    if agreed == row["consent_to_list"] or row["status"] not in domain.LIVING:
        return {}
    return _listed(values, is_accepted=row["status"] == "accepted")


def _advance(row: Values, _values: Values, _registry: bool) -> str | None:
    """A list that is proof has set the instant of the acceptance."""
    return "verify" if row["status"] == "pending" and row["accepted_at"] is not None else None


def cells(row: Values, access: AccessScope) -> dict[str, str]:
    """The support in an export. Who reads all of the supporter gets the name and address."""
    named = orjson.loads(row["named"]) if row["named"] else {}
    signer = orjson.loads(row["signer"]) if row["signer"] else None
    organisation = orjson.loads(row["organisation"]) if row["organisation"] else {}
    if signer is not None:
        organisation = signer["organisation"] or {}
        named |= {"name": {"full": signer["name"]}, "email": signer["email"], "role": signer["role"]}
    reads = access.sees_all_fields(row["country"], row["expert_id"])
    if row["expert_id"] is not None:
        reads = reads and reading_access(access.principal, EXPERTS.resource).sees_all_fields(
            row["country"], row["expert_id"]
        )
    listed = {"name": {"full": row["listed_name"]}} if row["listed_name"] else {}
    evidence = orjson.loads(row["evidence"]) if reads and row["evidence"] else {}
    texts = {
        "initiative": named.get("initiative"),
        **person_cells(named if reads else listed),
        "country": row["country"],
        "organisation": row["organisation_name"] or organisation.get("raw"),
        "role": named.get("role") if reads else None,
        "capacity": row["capacity"],
        "signed_at": to_text(row["signed_at"]),
        "consent_to_list": str(row["consent_to_list"]).lower() if reads else None,
        "sheet": evidence.get("title"),
    }
    return {heading: text for heading, text in texts.items() if text}


SUPPORT_IMPORT = Importable(
    kind=SUPPORTS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells),
    entry=Entry(enter, change, _advance, registry_verb="verify"),
    listing=EXPORTED,
    export_extra="named",
    records=RowRecords(matches="member_support_matches", references=_faults, resolve=_resolve),
)
