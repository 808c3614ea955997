"""Reading experts: what a caller may see, one, many, and by name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Label,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement

from services.membership.register.experts.domain import GRACE, IN_TERM, LIFECYCLE, PUBLISHED
from services.membership.register.experts.record import CATEGORIES, Expert
from services.membership.register.experts.tables import affiliation, expert, expert_value
from shared.database.statements import Connection, Statement
from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS, FIELDS_OF_SCIENCE
from shared.kernel.identifiers import orcid_id
from shared.kernel.text import fold
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.columns import merge_target, read_columns, renderer, shown_columns
from shared.records.listing import Extras, Filter, Item, Listing, countries, fragment, one_of, region, updated, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.record import Public, private_fields
from shared.records.rows import records_of

COLUMNS = {name: column for name, column in read_columns(Expert, expert).items() if name != "asserted"}
"""The columns of lists; single reads have `asserted` too."""
PUBLIC_COLUMNS = {**read_columns(Expert, expert, Public), "emails": expert.c.emails}


def _pairs(parts: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Names and values, as arguments of functions that build JSON."""
    return [part for name, column in parts.items() for part in (literal_column(f"'{name}'"), column)]


_MATCH_JSON = func.json_build_object(
    *_pairs({"status": func.coalesce(affiliation.c.match_status, constant("waiting"))}),
    *_pairs(
        {
            name: func.jsonb_extract_path(affiliation.c.match, literal_column(f"'{name}'"))
            for name in ("method", "score", "decided_by", "decided_at")
        }
    ),
)
_AFFILIATION_PARTS: Mapping[str, ColumnElement[Any]] = {
    "id": affiliation.c.id,
    "version": affiliation.c.version,
    "institution_id": affiliation.c.institution_id,
    "raw": affiliation.c.raw,
    "role": affiliation.c.role,
    "unit": affiliation.c.unit,
    "from": affiliation.c.starts,
    "to": affiliation.c.ends,
    "primary": affiliation.c.is_primary,
    "asserted_by": affiliation.c.asserted_by,
    "match": case((affiliation.c.raw.is_(None), None), else_=_MATCH_JSON),
}
_AFFILIATION_JSON = func.json_build_object(*_pairs(_AFFILIATION_PARTS))
affiliations: Label[Any] = (
    select(
        cast(
            func.coalesce(
                func.json_agg(aggregate_order_by(_AFFILIATION_JSON, affiliation.c.id)), literal_column("'[]'::json")
            ),
            Text,
        )
    )
    .where(affiliation.c.expert_id == expert.c.id)
    .scalar_subquery()
    .label("affiliations")
)
"""An expert's affiliations as JSON text, in the order of their creation."""

_OVER = Statement(
    select(expert)
    .where(
        or_(
            and_(expert.c.status == constant("active"), expert.c.term_ends < bindparam("today")),
            and_(expert.c.status == constant("grace"), expert.c.term_ends < bindparam("grace_from")),
        ),
        expert.c.merged_into.is_(None),
    )
    .order_by(expert.c.term_ends, expert.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)

_RENEWED = Statement(
    select(expert)
    .where(
        expert.c.next_term_starts <= bindparam("today"),
        expert.c.status.in_([constant(status) for status in IN_TERM]),
        expert.c.merged_into.is_(None),
    )
    .order_by(expert.c.next_term_starts, expert.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: experts that a caller of this variant may know of, without merged and erased ones."""
    return known_to(access_kind).where(expert.c.merged_into.is_(None), expert.c.erased_at.is_(None))


def known_to(access_kind: AccessKind) -> Select[Any]:
    """The same with merged and erased ones, whose responses are 308 and 410."""
    return select(expert).where(visible(expert, access_kind, PUBLISHED))


async def lock_renewed(connection: Connection, today: date, limit: int) -> list[Expert]:
    """Experts whose next term begins by `today`, locked, at most `limit`. Skips rows that another transaction locks."""
    return records_of(Expert, await _RENEWED.fetch(connection, today=today, limit=limit))


async def lock_over(connection: Connection, today: date, limit: int) -> list[Expert]:
    """Experts whose term, or whose grace period, ended before `today`, locked: the longest ended first, at most
    `limit`. Skips rows that another transaction locks. Includes erased ones, which are counted by their state."""
    return records_of(Expert, await _OVER.fetch(connection, today=today, grace_from=today - GRACE, limit=limit))


def _tagged(kind: str) -> Any:
    return lambda wanted: (
        select(expert_value.c.expert_id)
        .where(expert_value.c.expert_id == expert.c.id, expert_value.c.kind == kind, expert_value.c.value == wanted)
        .exists()
    )


def _value(kind: str, name: str, description: str, check: Any = str) -> Filter:
    parsed = values(name, expert.c.status, description, check)
    return Filter(name, description, parsed.parse, _tagged(kind), array=True)


def _term(kind: str, name: str, column: ColumnElement[Any], description: str, terms: tuple[str, ...]) -> Filter:
    """A filter for a value of a short list, which many experts of each country have."""
    found = _value(kind, name, description, one_of(terms))
    return replace(found, in_country=lambda wanted: cast(wanted, Text) == any_(column))


def _checked_orcid(raw: str) -> str:
    found = orcid_id(raw)
    if found is None:
        raise ValueError("is not an ORCID iD")
    return found


def _at_institution(bound: Any) -> ColumnElement[bool]:
    """At the institution, or at the one that it was merged into."""
    meant = select(func.escm.member_institution_merge_target(bound, type_=Uuid)).scalar_subquery()
    return (
        select(affiliation.c.id)
        .where(affiliation.c.expert_id == expert.c.id, affiliation.c.institution_id == meant)
        .exists()
    )


def _with_email(address: Any) -> ColumnElement[bool]:
    """Experts with this address, if the caller may see it."""
    entry = func.jsonb_array_elements(expert.c.emails).table_valued("value", name="entry")
    value, visibility = (func.jsonb_extract_path_text(entry.c.value, literal_column(f"'{n}'")) for n in _EMAIL)
    is_open = select(entry.c.value).where(
        func.lower(value) == address, visibility == any_(bindparam("email_visibilities", type_=ARRAY(Text)))
    )
    return and_(
        expert.c.id.in_(select(func.escm.member_expert_with_email(address))),
        or_(
            bindparam("email_everywhere", type_=Boolean),
            expert.c.country == any_(bindparam("email_countries", type_=ARRAY(Text))),
            cast(expert.c.id, Text) == any_(bindparam("email_records", type_=ARRAY(Text))),
            is_open.exists(),
        ),
    )


def _of_emails(access: AccessScope) -> Mapping[str, Any]:
    return {
        "email_visibilities": list(access.open_visibilities),
        "email_everywhere": access.read.everywhere,
        "email_countries": sorted(access.read.countries),
        "email_records": sorted(access.read.records),
    }


_EMAIL = ("value", "visibility")
NEXT_STEPS = NextSteps(
    "membership.experts",
    expert,
    (
        NextStep("invited", "apply", expert.c.account_id, is_personal=True),
        NextStep("info_requested", "resubmit", expert.c.account_id, is_personal=True),
        NextStep("applied", "start_review", expert.c.assignee),
        NextStep("under_review", "approve", expert.c.assignee),
    ),
)
FILTERS: Mapping[str, Filter] = {
    chosen.name: chosen
    for chosen in (
        countries(expert.c.country),
        region(expert.c.country),
        values("status", expert.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
        values("category", expert.c.category, "Categories, separated by commas", one_of(CATEGORIES)),
        values("visibility", expert.c.visibility, "Visibilities", one_of(("public", "network", "restricted"))),
        _term("field", "field", expert.c.fields, "OECD FORD fields, such as 1.5", FIELDS_OF_SCIENCE),
        _term("boundary", "planetary_boundary", expert.c.planetary_boundaries, "Planetary boundaries", BOUNDARIES),
        _term("ecosystem", "ecosystem", expert.c.ecosystems, "IPBES units of analysis", ECOSYSTEMS),
        _value("keyword", "keyword", "Keywords, case and marks folded", fold),
        _value("language", "language", "BCP 47 language tags"),
        Filter("orcid", "An ORCID iD", _checked_orcid, lambda bound: expert.c.orcid == bound),
        Filter(
            "email",
            "An e-mail address; needs a grant",
            lambda raw: raw.strip().casefold(),
            _with_email,
            grant_needed=True,
            of_caller=_of_emails,
        ),
        NEXT_STEPS.holder,
        Filter("institution", "The id of an institution", UUID, _at_institution),
        fragment(expert.c.search_key),
        *updated(expert.c.updated_at),
    )
}

LISTING = Listing(
    base=visible_to,
    key=expert.c.id,
    filters=FILTERS,
    sorts={"display_name": expert.c.sort_name, "created_at": expert.c.created_at, "updated_at": expert.c.updated_at},
    columns=COLUMNS,
    public_columns=PUBLIC_COLUMNS,
    private=private_fields(Expert),
    search="member_expert_search",
    extras=Extras({"affiliations": affiliations}),
    item=Item(
        known_to,
        {
            "affiliations": affiliations,
            "merged_into": merge_target(expert.c.merged_into, "member_expert_merge_target"),
            "account_id": expert.c.account_id,
            "previous_status": expert.c.previous_status,
            "status_since": expert.c.status_since,
            "conflict_of_interest_on": expert.c.conflict_of_interest_on,
            "listing_withdrawn_on": expert.c.listing_withdrawn_on,
            "asserted": expert.c.asserted,
            "erased_at": expert.c.erased_at,
        },
    ),
)
render_whole = renderer(shown_columns(Expert, expert))
render_public = renderer(shown_columns(Expert, expert, Public))
