"""Reading institutions: lists, single records, by name, and candidates for an affiliation."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import (
    Boolean,
    Integer,
    Label,
    Select,
    Subquery,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.linkage.record_linkage.institution_names import one_letter_off
from services.membership.register.institutions.domain import (
    LIFECYCLE,
    MATCHED,
    PUBLISHED,
    TYPES,
    normal_domain,
)
from services.membership.register.institutions.matching.candidates import Candidate
from services.membership.register.institutions.matching.ranking import Match, rank
from services.membership.register.institutions.matching.texts import Affiliation, take_apart
from services.membership.register.institutions.record import Institution
from services.membership.register.institutions.relations import SHOWN
from services.membership.register.institutions.tables import institution, institution_value
from shared.database.context import context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel import geojson
from shared.kernel.identifiers import ror_id
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.columns import merge_target, read_columns, renderer, shown_columns
from shared.records.listing import (
    Extras,
    Filter,
    Item,
    Listing,
    countries,
    fragment,
    one_of,
    region,
    truth,
    updated,
    values,
)
from shared.records.next_steps import NextStep, NextSteps
from shared.records.record import Public, private_fields

COLUMNS = {name: column for name, column in read_columns(Institution, institution).items() if name != "relations"}
"""The columns of lists, with the relations that the caller may see."""
PUBLIC_COLUMNS = {
    name: column for name, column in read_columns(Institution, institution, Public).items() if name in COLUMNS
}


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: institutions that a caller of this variant may know of, without merged ones."""
    return known_to(access_kind).where(institution.c.merged_into.is_(None))


def known_to(access_kind: AccessKind) -> Select[Any]:
    """The same with merged ones, whose response is 308."""
    return select(institution).where(visible(institution, access_kind, PUBLISHED))


def _valued(kind: str) -> Any:
    return lambda wanted: (
        select(institution_value.c.institution_id)
        .where(
            institution_value.c.institution_id == institution.c.id,
            institution_value.c.kind == kind,
            institution_value.c.value == wanted,
        )
        .exists()
    )


def _value(name: str, description: str, check: Any) -> Filter:
    parsed = values(name, institution.c.status, description, check)
    return Filter(name, description, parsed.parse, _valued(name), array=True)


def _checked_ror(raw: str) -> str:
    found = ror_id(raw)
    if found is None:
        raise ValueError("is not a ROR id")
    return found


def _checked_domain(raw: str) -> str:
    found = normal_domain(raw)
    if found is None:
        raise ValueError("is not a domain")
    return found


NEXT_STEPS = NextSteps(
    "membership.institutions", institution, (NextStep("candidate", "verify"), NextStep("submitted", "verify"))
)
FILTERS: Mapping[str, Filter] = {
    chosen.name: chosen
    for chosen in (
        countries(institution.c.country),
        region(institution.c.country),
        values("status", institution.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
        values("visibility", institution.c.visibility, "Visibilities", one_of(("public", "network", "restricted"))),
        _value("type", "Types of ROR, separated by commas", one_of(TYPES)),
        _value("domain", "Domains, separated by commas", _checked_domain),
        Filter("ror", "A ROR id", _checked_ror, lambda bound: institution.c.ror == bound),
        Filter("heri", "Whether it teaches or does research", truth, lambda bound: institution.c.heri == bound),
        NEXT_STEPS.holder,
        fragment(institution.c.search_key),
        *updated(institution.c.updated_at),
    )
}


def _place(row: Row) -> geojson.Geometry | None:
    located = [(one.get("lat"), one.get("lon")) for one in orjson.loads(row["locations"])]
    return geojson.points((lat, lon) for lat, lon in located if lat is not None and lon is not None)


RELATIONS: Label[Any] = literal_column(SHOWN, Text).label("relations")
LISTING = Listing(
    base=visible_to,
    key=institution.c.id,
    filters=FILTERS,
    sorts={
        "display_name": institution.c.sort_name,
        "created_at": institution.c.created_at,
        "updated_at": institution.c.updated_at,
    },
    columns=COLUMNS,
    public_columns=PUBLIC_COLUMNS,
    private=private_fields(Institution),
    search="member_institution_search",
    extras=Extras({"relations": RELATIONS}),
    place=_place,
    item=Item(
        known_to,
        {
            "previous_status": institution.c.previous_status,
            "merged_into": merge_target(institution.c.merged_into, "member_institution_merge_target"),
            "relations": RELATIONS,
            "stated": institution.c.relations.label("stated"),
        },
    ),
)
render_whole = renderer(shown_columns(Institution, institution))
render_public = renderer(shown_columns(Institution, institution, Public))

_MATCH_COLUMNS = (
    "id", "ref", "display_name", "country", "ror", "status", "visibility", "names", "domains", "locations",
)  # fmt: skip
_Asked: TypeAlias = tuple[int, str, str, str, str]
_MOST_KNOWN = 20_000
_BETWEEN = "\n"
"""The separator of the values of one row; no folded text contains it."""


def _matched(access_kind: AccessKind) -> Select[Any]:
    """What matching reads of institutions that a caller of this variant may see."""
    states = institution.c.status.in_([constant(status) for status in sorted(MATCHED)])
    return visible_to(access_kind).with_only_columns(*(institution.c[name] for name in _MATCH_COLUMNS)).where(states)


def _lists_asked() -> Subquery:
    """The look-up terms, by column: one row for each value; a given row may have several."""
    given: list[Any] = [bindparam("asked", type_=ARRAY(Integer))]
    given += [bindparam(name, type_=ARRAY(Text)) for name in ("kinds", "looked_up", "words", "homes")]
    rows = func.unnest(*given).table_valued("n", "kind", "value", "word", "home").render_derived("given")
    one = func.unnest(func.string_to_array(rows.c.value, _BETWEEN)).label("value")
    each = select(rows.c.n, rows.c.kind, one, rows.c.word, rows.c.home).cte("each")
    return select(*(func.array_agg(part).label(part.name) for part in each.c)).subquery("lists")


def _candidates(access_kind: AccessKind, whole: bool) -> Select[Any]:
    """Rows of candidates of each text, or one row for each text with their ids."""
    lists = _lists_asked()
    options = [bindparam("loose", type_=Boolean), bindparam("only_country", type_=Text)]
    found = func.escm.member_institution_candidates(*lists.c, *options, context.c.c)
    hits = found.table_valued(column("asked_by", Integer), column("id", institution.c.id.type)).lateral("hits")
    asked = context.join(lists, true()).join(hits, true())
    if not whole:
        ids = func.array_agg(hits.c.id).label("ids")
        return select(hits.c.asked_by, ids).select_from(asked).group_by(hits.c.asked_by)
    rows = _matched(access_kind).where(institution.c.id == hits.c.id).lateral("r")
    return select(hits.c.asked_by, *rows.c).select_from(asked.join(rows, true()))


def _by_ids(access_kind: AccessKind) -> Select[Any]:
    return _matched(access_kind).where(institution.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


_BY_IDS = Shapes(_by_ids)
_CANDIDATES = Shapes(_candidates)


def _asked(number: int, said: Affiliation) -> list[_Asked]:
    """The look-up terms of one text: rows of number, kind, value and, for the forms of a word, the word and the text's
    countries."""
    names = {*said.names, *(" ".join(span)[:500] for span in said.spans)}
    rows = [(number, "name", name, "", "") for name in names]
    rows += [(number, "domain", domain, "", "") for host in said.hosts for domain in host]
    rows += [(number, "short", short, "", "") for short in said.shorts]
    home = ",".join(sorted(said.countries))
    return rows + [(number, "form", _forms(word), word, home) for word in said.terms]


@lru_cache(maxsize=65_536)
def _forms(word: str) -> str:
    return _BETWEEN.join(one_letter_off(word))


def _question(access: AccessScope, texts: Sequence[Affiliation]) -> dict[str, Any]:
    asked = [row for number, said in enumerate(texts) for row in _asked(number, said)]
    numbers, kinds, looked_up, words, homes = zip(*asked, strict=True) if asked else ((),) * 5
    lists = {"asked": numbers, "kinds": kinds, "looked_up": looked_up, "words": words, "homes": homes}
    return {**access.parameters, **lists}


async def matches(
    connection: Connection, access: AccessScope, text: str, country: str | None
) -> list[tuple[Match, Row]]:
    """The candidates of an affiliation, each with its row, the best first; of one country if it is given. Also looks up
    words with more than one wrong letter, which takes longer."""
    said = take_apart(text)
    question = {**_question(access, [said]), "loose": True, "only_country": country}
    rows = await _CANDIDATES.get(access.access_kind, True).fetch(connection, **question)
    by_id = {row["id"]: row for row in rows}
    return [(match, by_id[match.candidate.key]) for match in rank(said, [candidate_of(row) for row in rows], country)]


class MatchableInstitution(NamedTuple):
    """An institution that was read."""

    candidate: Candidate
    is_published: bool
    is_restricted: bool


class Institutions:
    """The candidates of many texts, in batches. Reads each institution once in its lifetime, and does not read
    changes."""

    def __init__(self, access: AccessScope) -> None:
        self._access = access
        self._known: dict[UUID, MatchableInstitution] = {}

    async def candidates(
        self, connection: Connection, texts: Sequence[Affiliation]
    ) -> list[list[MatchableInstitution]]:
        """For each text, the candidates that the caller may see, some 100 at most."""
        question = {**_question(self._access, texts), "loose": False, "only_country": None}
        rows = await _CANDIDATES.get(self._access.access_kind, False).fetch(connection, **question)
        hits: dict[int, list[UUID]] = {row["asked_by"]: row["ids"] for row in rows}
        if len(self._known) > _MOST_KNOWN:
            self._known = {}
        unknown = list(set().union(*hits.values()) - self._known.keys())
        for row in await _BY_IDS.get(self._access.access_kind).fetch(
            connection, ids=unknown, **self._access.parameters
        ):
            is_restricted = row["visibility"] == "restricted"
            self._known[row["id"]] = MatchableInstitution(candidate_of(row), row["status"] in PUBLISHED, is_restricted)
        known = self._known
        return [[known[key] for key in hits.get(number, ()) if key in known] for number in range(len(texts))]


def candidate_of(row: Row) -> Candidate:
    """The row as a candidate for matching."""
    return Candidate(row["id"], row["country"], row["names"], row["domains"], row["locations"])


async def linkable(connection: Connection, access: AccessScope, key: UUID) -> bool:
    """Whether the caller may see this institution and it is verified or inactive."""
    row = await LISTING.get(connection, access, key)
    return row is not None and row["merged_into"] is None and row["status"] in PUBLISHED
