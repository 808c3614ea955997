"""Reading experts: what a caller may see, one, many, and by name."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, bindparam, case, cast, func, literal_column, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.membership.experts.domain import BOUNDARIES, CATEGORIES, GRACE, LIFECYCLE, PUBLISHED
from services.membership.experts.tables import affiliation, expert, expert_value
from shared.database.statements import Connection, Row, Statement
from shared.kernel.identifiers import orcid_id
from shared.kernel.text import fold
from shared.records.columns import Renderer
from shared.records.listing import Filter, Listing, countries, fragment, one_of, region, updated, values
from shared.records.sight import Variant, constant, visible

_HIDDEN = {"search_key", "email_keys", "previous_status", "account_id", "conflict_of_interest_on"}
COLUMNS: Mapping[str, ColumnElement[Any]] = {c.key: c for c in expert.c if c.key not in _HIDDEN}
_NOT_PUBLIC = {
    "created_at", "created_by", "updated_at", "updated_by", "gender", "profile_confirmed_on", "clock_since",
    "clock_target",
}  # fmt: skip
PUBLIC_COLUMNS = {name: column for name, column in COLUMNS.items() if name not in _NOT_PUBLIC}


def _pairs(parts: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Names and values, as functions that build JSON take them."""
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
affiliations: ColumnElement[Any] = (
    select(cast(func.coalesce(func.json_agg(_AFFILIATION_JSON), literal_column("'[]'::json")), Text))
    .where(affiliation.c.expert_id == expert.c.id)
    .scalar_subquery()
    .label("affiliations")
)
"""An expert's affiliations as JSON text."""

_OVER = Statement(
    select(expert)
    .where(
        or_(
            and_(expert.c.status == constant("active"), expert.c.term_ends < bindparam("today")),
            and_(expert.c.status == constant("grace"), expert.c.term_ends < bindparam("grace_from")),
        ),
        expert.c.merged_into.is_(None),
        expert.c.erased_at.is_(None),
    )
    .order_by(expert.c.term_ends, expert.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def visible_to(variant: Variant) -> Select[Any]:
    """The first wall: experts that a caller of this variant may know of, merged and erased ones left out."""
    return known_to(variant).where(expert.c.merged_into.is_(None), expert.c.erased_at.is_(None))


def known_to(variant: Variant) -> Select[Any]:
    """The same with merged and erased ones, which answer 308 and 410."""
    return select(expert).where(visible(expert, variant, PUBLISHED))


async def lock_over(connection: Connection, today: date, limit: int) -> list[Row]:
    """Experts whose term, or whose time of grace after it, ended before `today`, locked: the longest ended first, at
    most `limit`. Those that somebody else is changing are left out."""
    return await _OVER.fetch(connection, today=today, grace_from=today - GRACE, limit=limit)


def _tagged(kind: str) -> Any:
    return lambda wanted: (
        select(expert_value.c.expert_id)
        .where(expert_value.c.expert_id == expert.c.id, expert_value.c.kind == kind, expert_value.c.value == wanted)
        .exists()
    )


def _value(kind: str, name: str, description: str, check: Any = str) -> Filter:
    parsed = values(name, expert.c.status, description, check)
    return Filter(name, description, parsed.parse, _tagged(kind), array=True)


def _checked_orcid(raw: str) -> str:
    found = orcid_id(raw)
    if found is None:
        raise ValueError("is not an ORCID iD")
    return found


def _at_institution(bound: Any) -> ColumnElement[bool]:
    return (
        select(affiliation.c.id)
        .where(affiliation.c.expert_id == expert.c.id, affiliation.c.institution_id == bound)
        .exists()
    )


FILTERS: Mapping[str, Filter] = {
    chosen.name: chosen
    for chosen in (
        countries(expert.c.country),
        region(expert.c.country),
        values("status", expert.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
        values("category", expert.c.category, "Categories, separated by commas", one_of(CATEGORIES)),
        values("visibility", expert.c.visibility, "Visibilities", one_of(("public", "network", "restricted"))),
        _value("field", "field", "OECD FORD fields, such as 1.5"),
        _value("boundary", "planetary_boundary", "Planetary boundaries", one_of(BOUNDARIES)),
        _value("ecosystem", "ecosystem", "IPBES units of analysis"),
        _value("keyword", "keyword", "Keywords, case and marks folded", fold),
        _value("language", "language", "BCP 47 language tags"),
        Filter("orcid", "An ORCID iD", _checked_orcid, lambda bound: expert.c.orcid == bound),
        Filter(
            "email",
            "An e-mail address; needs a grant",
            lambda raw: raw.strip().casefold(),
            lambda address: expert.c.id.in_(select(func.escm.member_expert_with_email(address))),
            grant_needed=True,
        ),
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
    search="member_expert_search",
    extras={"affiliations": affiliations},
    item=known_to,
    item_columns={
        "affiliations": affiliations,
        "account_id": expert.c.account_id,
        "previous_status": expert.c.previous_status,
        "conflict_of_interest_on": expert.c.conflict_of_interest_on,
    },
)
_SHOWN_AS_PARTS = {"term_starts", "term_ends", "clock_since", "clock_target", "sort_name", "merged_into", "erased_at"}
render_whole = Renderer({name: c for name, c in COLUMNS.items() if name not in _SHOWN_AS_PARTS})
render_public = Renderer({name: c for name, c in PUBLIC_COLUMNS.items() if name not in _SHOWN_AS_PARTS})
