"""Relations of institutions. Each institution states its own; both sides show them.

A reference to a merged institution means the winner, until the merge is undone.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.membership.register.institutions.record import Institution, Relation
from services.membership.register.institutions.tables import institution, institution_relation
from services.membership.side_tables import replace_rows
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid, no_such
from shared.records.rows import columns_of

INVERSE: Mapping[str, str] = {
    "parent": "child",
    "child": "parent",
    "predecessor": "successor",
    "successor": "predecessor",
    "related": "related",
}
KINDS = tuple(INVERSE)
_SEEN = """(o.status IN ('verified', 'inactive')
    OR 'restricted' = ANY(string_to_array(current_setting('escm.visibilities', true), ','))
    OR o.country = ANY(string_to_array(current_setting('escm.countries', true), ','))
    OR o.id::text = ANY(string_to_array(current_setting('escm.records', true), ',')))
    AND o.merged_into IS NULL"""
"""The application filter on the other side, from the settings that row-level security reads."""
_MERGE_TARGET, _NAMES = "escm.member_institution_merge_target", "escm.member_institution_names"
_INVERTED = " ".join(f"WHEN '{kind}' THEN '{other}'" for kind, other in INVERSE.items())
SHOWN = f"""(SELECT coalesce(json_agg(json_build_object('type', r.type, 'institution_id', r.id, 'ror', r.ror,
        'label', r.label) ORDER BY r.type, r.label, r.id), '[]')::text
    FROM (
        SELECT s.type, o.id, coalesce(o.ror, s.ror) AS ror, coalesce(o.display_name, s.label) AS label
        FROM jsonb_to_recordset({institution.fullname}.relations)
                s (type text, institution_id uuid, ror text, label text)
            LEFT JOIN LATERAL (
                SELECT o.id, o.ror, o.display_name FROM {institution.fullname} o
                WHERE o.id IN (
                    SELECT {_MERGE_TARGET}(s.institution_id)
                    UNION SELECT {_MERGE_TARGET}(n.id) FROM {institution.fullname} n
                    WHERE s.institution_id IS NULL AND n.ror = s.ror) AND {_SEEN}
                ORDER BY o.country <> {institution.fullname}.country, o.id LIMIT 1
            ) o ON true
        WHERE (o.id IS NOT NULL OR s.ror IS NOT NULL) AND o.id IS DISTINCT FROM {institution.fullname}.id
        UNION
        SELECT CASE v.kind {_INVERTED} END, o.id, o.ror, o.display_name
        FROM {institution_relation.fullname} v JOIN {institution.fullname} o ON o.id = v.institution_id
        WHERE v.other = ANY({_NAMES}({institution.fullname}.id)) AND o.id <> {institution.fullname}.id AND {_SEEN}
    ) r)"""  # noqa: S608
"""An institution's relations as JSON text: those that it states, and those that others state of it. A ROR id of no
institution that the caller may know of is shown without an institution."""
_KNOWN = f"""
SELECT w.id AS asked, o.id FROM unnest($1::uuid[]) w (id) JOIN {institution.fullname} o ON o.id = {_MERGE_TARGET}(w.id)
WHERE {_SEEN}
"""  # noqa: S608
_OF_OTHERS = f"""
SELECT v.institution_id, CASE v.kind {_INVERTED} END AS type FROM {institution_relation.fullname} v
WHERE v.other = ANY($1) AND v.institution_id <> $2
"""  # noqa: S608
_IS_ABOVE_ITSELF = f"""
WITH RECURSIVE above (id, steps) AS (
    SELECT $1::uuid, 0
    UNION
    SELECT p.id, above.steps + 1 FROM above CROSS JOIN LATERAL (
        SELECT {_MERGE_TARGET}(o.id) FROM {institution_relation.fullname} v JOIN {institution.fullname} o
            ON o.ror = v.other OR o.id = CASE WHEN v.other LIKE '________-%' THEN v.other::uuid END
        WHERE v.institution_id = above.id AND v.kind = 'parent' AND (o.merged_into IS NOT NULL OR {_SEEN})
        UNION
        SELECT o.id FROM {institution_relation.fullname} v JOIN {institution.fullname} o ON o.id = v.institution_id
        WHERE v.other = ANY({_NAMES}(above.id)) AND v.kind = 'child' AND {_SEEN}
    ) p (id) WHERE above.steps < 20 AND p.id <> above.id
)
SELECT EXISTS (SELECT FROM above WHERE steps > 0 AND id = $1)
"""  # noqa: S608


def rows_of(relations: Sequence[Relation], record: UUID, ror: str | None) -> list[tuple[str, str]]:
    """(kind, id or ROR id) of what an institution states of others, without itself: a merge may have made it the
    target."""
    pairs = {(one["type"], one["institution_id"] or one["ror"] or "") for one in relations}
    return sorted((kind, other) for kind, other in pairs if other not in (str(record), ror))


async def stated(
    uow: UnitOfWork, record: UUID | None, ror: str | None, wanted: Sequence[Relation]
) -> tuple[list[Relation], list[tuple[str, UUID]]]:
    """What the institution must state so that its relations are these, and what others state of it that is not among
    them: (type, who states it).

    Raises Invalid for itself and for institutions that the caller may not know of.
    """
    asked = [one["institution_id"] for one in wanted if one["institution_id"]]
    meant = {str(row["asked"]): str(row["id"]) for row in await uow.connection.fetch(_KNOWN, asked)}
    unknown = [
        place for place, one in enumerate(wanted) if one["institution_id"] and one["institution_id"] not in meant
    ]
    wanted = [{**one, "institution_id": meant.get(one["institution_id"] or "")} for one in wanted]
    faults = [
        FieldError("self_relation", "An institution is not related to itself.", pointer=f"/relations/{place}")
        for place, one in enumerate(wanted)
        if one["institution_id"] == str(record) or (ror and one["ror"] == ror)
    ] + [
        FieldError("unknown_reference", no_such("institution"), pointer=f"/relations/{place}/institution_id")
        for place in unknown
    ]
    if faults:
        raise Invalid(errors=faults)
    said = [] if record is None else await _said_by_others(uow, record, ror)
    pairs = {(one["type"], one["institution_id"]) for one in wanted}
    of_others = {(kind, str(other)) for kind, other in said}
    return [
        {"type": one["type"], "institution_id": one["institution_id"], "ror": None, "label": None}
        if one["institution_id"]
        else {"type": one["type"], "institution_id": None, "ror": one["ror"], "label": one["label"]}
        for one in wanted
        if (one["type"], one["institution_id"]) not in of_others
    ], [(kind, other) for kind, other in said if (kind, str(other)) not in pairs]


def without(record: Institution, kind: str, names: Sequence[str]) -> list[Relation]:
    """What an institution states, without what reads as `kind` from the side of the institution with these names."""
    return [
        one
        for one in record.relations
        if one["type"] != INVERSE[kind] or (one["institution_id"] or one["ror"]) not in names
    ]


async def names_of(uow: UnitOfWork, record: UUID) -> list[str]:
    """The ids and ROR ids by which others may refer to an institution, including those of the institutions merged into
    it."""
    return list(await uow.connection.fetchval(f"SELECT {_NAMES}($1)", record))


async def _said_by_others(uow: UnitOfWork, record: UUID, ror: str | None) -> list[tuple[str, UUID]]:
    """(type, id) of what others state that the caller may know of, as it reads from this side."""
    names = [*await names_of(uow, record), *([ror] if ror else [])]
    rows = await uow.connection.fetch(_OF_OTHERS, names, record)
    known = {row["id"] for row in await uow.connection.fetch(_KNOWN, [row["institution_id"] for row in rows])}
    return [(row["type"], row["institution_id"]) for row in rows if row["institution_id"] in known]


async def replace_relations(uow: UnitOfWork, record: Institution) -> None:
    """Replaces the rows of the side table by what the institution states. Raises Invalid if it would be its own parent,
    as far as the caller may know of the institutions in between."""
    pairs = rows_of(record.relations, record.id, record.ror)
    await replace_rows(uow, institution_relation, columns_of(record), pairs)
    if {"parent", "child"} & {kind for kind, _ in pairs} and await uow.connection.fetchval(_IS_ABOVE_ITSELF, record.id):
        detail = "The institution would be above itself."
        raise Invalid(errors=[FieldError("relation_cycle", detail, pointer="/relations")])
