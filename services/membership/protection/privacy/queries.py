"""Reading everything about one expert: their records, those merged with them, and what other services publish of them.
Each query needs a context that may read every row."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.membership.protection.privacy.catalogue import PARTS
from shared.audit import details
from shared.contracts import views
from shared.database.statements import Connection, Row

_AT_ONCE = 500
_LONGEST = "interval '1 minute'"
"""Longer than the time between two audit entries about one person from one transaction."""
_SAME = """
WITH RECURSIVE same (id) AS (
    SELECT $1::uuid
    UNION
    SELECT CASE m.winner_id WHEN s.id THEN m.loser_id ELSE m.winner_id END
    FROM same s JOIN escm.member_merge m ON m.winner_id = s.id OR m.loser_id = s.id
    WHERE m.resource = 'experts' AND m.status = 'merged'
)
SELECT id FROM same
"""
_ACCOUNTS = "SELECT account_id AS id FROM escm.member_expert WHERE id = ANY($1) AND account_id IS NOT NULL"
_PUBLISHED = f"""
SELECT part, id, record FROM {views.PERSONAL_OF_ACCESS.fullname} WHERE person = ANY($1)
UNION ALL SELECT part, id, record FROM {views.PERSONAL_OF_CENTRES.fullname} WHERE person = ANY($1)
UNION ALL SELECT part, id, record FROM {views.PERSONAL_OF_ACTIONS.fullname} WHERE person = ANY($1)
ORDER BY part, id
"""  # noqa: S608
_MERGES = "SELECT id FROM escm.member_merge WHERE resource = 'experts' AND (winner_id = ANY($1) OR loser_id = ANY($1))"
IMPORTED_LISTS = ("experts", "participations", "supports")
"""The resources whose imports name people."""
LISTS_OF_PEOPLE = (*IMPORTED_LISTS, "certificates", "nominations")
"""The resources whose exports name people."""
_IMPORTED = (
    "SELECT unnest($1::uuid[]) UNION ALL SELECT p.id FROM escm.member_participation p WHERE p.expert_id = ANY($1)"
    " UNION ALL SELECT s.id FROM escm.member_support s WHERE s.expert_id = ANY($1)"
)
"""The expert, and the records of the expert that lists bring."""
_RESOURCES = ", ".join(f"'membership.{name}'" for name in IMPORTED_LISTS)
_IMPORT_ROWS = f"t.resource IN ({_RESOURCES}) AND t.record IN ({_IMPORTED})"
_LISTS = f"""
SELECT i.id FROM escm.core_import i WHERE i.service = 'membership' AND 'membership.' || i.resource IN ({_RESOURCES})
"""  # noqa: S608
_EFFECTS = f"t.owner IN ({_IMPORTED}) AND t.import IN ({_LISTS})"
_CERTIFICATES = "SELECT id FROM escm.member_certificate WHERE expert_id = ANY($1)"
_IMPORTS = f"""
SELECT unnest(ARRAY[t.import, t.changed_by]) FROM escm.core_import_identity t WHERE {_IMPORT_ROWS}
UNION SELECT t.import FROM escm.core_import_effect t WHERE {_EFFECTS}
"""  # noqa: S608


_ENTRIES = f"""
SELECT a.id FROM escm.core_audit a WHERE a.subject = ANY($1)
UNION SELECT e.id FROM escm.core_audit_key k CROSS JOIN LATERAL (
    SELECT a.id FROM escm.core_audit a WHERE a.detail_key = k.id
        AND a.id BETWEEN escm.core_audit_first(uuid_extract_timestamp(k.id) - {_LONGEST})
            AND escm.core_audit_first(uuid_extract_timestamp(k.id) + {_LONGEST}) OFFSET 0) e
WHERE k.subject = ANY($1)
"""  # noqa: S608
"""The audit entries about a record, and those about deleted records, whose details have a key of the person's: no index
leads from a key to its entries, but a transaction makes both at one time. `OFFSET 0` prevents the planner from joining
the whole trail."""
OF_PERSON: Mapping[str, str] = {
    "expert": "t.id = ANY($1)",
    "affiliations": "t.expert_id = ANY($1)",
    "duplicates": "t.resource = 'experts' AND (t.a = ANY($1) OR t.b = ANY($1))",
    "merges": f"t.id IN ({_MERGES})",
    "kept_by_merges": f"t.merge_id IN ({_MERGES})",
    "declarations": "t.expert_id = ANY($1)",
    "consents": "t.expert_id = ANY($1)",
    "certificates": "t.expert_id = ANY($1)",
    "certificate_files": f"t.certificate_id IN ({_CERTIFICATES})",
    "nominations": "t.expert_id = ANY($1)",
    "scores": "t.expert_id = ANY($1)",
    "panels": "EXISTS (SELECT FROM jsonb_array_elements(t.panel) m WHERE (m ->> 'expert_id')::uuid = ANY($1))",
    "supports": "t.expert_id = ANY($1)",
    "messages": "t.expert_id = ANY($1)",
    "broadcasts": "t.expert_id = ANY($1)",
    "erasures": "t.expert_id = ANY($1)",
    "imports": f"t.id IN ({_IMPORTS})",
    "import_rows": _IMPORT_ROWS,
    "changed_by_imports": _EFFECTS,
    "participations": "t.expert_id = ANY($1)",
    "history": f"t.id IN ({_ENTRIES})",
}
"""Which rows `t` of each part are about a person: `$1` are the ids of the person's records."""
_ORDER: Mapping[str, str] = {
    "certificate_files": "t.certificate_id, t.language",
    "import_rows": "t.import, t.occurrence",
    "changed_by_imports": "t.import, t.record",
}
_DECIDED = "('selected', 'not_selected')"
_WITHHELD = "SELECT w.id FROM escm.member_withheld($1::uuid[]::text[]) w WHERE w.is_decision"
"""The nominations of which the nominee does not learn what the panel does, until the call is published."""
_SHOWN: Mapping[tuple[str, str], str] = {
    ("nominations", "status"): f"CASE WHEN t.status IN {_DECIDED} AND t.id IN ({_WITHHELD}) THEN 'nominated'"
    " ELSE t.status END AS status"
}
_LEFT_OUT: Mapping[str, str] = {
    "history": f" AND NOT (coalesce(t.to_status, '') IN {_DECIDED} AND t.subject IN ({_WITHHELD}))"
    " AND NOT (t.resource = 'membership.nominations' AND t.action = 'recuse')"
    " AND NOT (t.resource = 'actions.comments' AND t.action NOT IN ('create', 'withdraw'))"
}
"""What the person does not learn of others: decisions of panels, and who answers or judges a comment on the Global
Report."""
_SALT = "(SELECT salt FROM escm.core_audit_key k WHERE k.id = t.detail_key) AS salt"


def _query(part: str) -> str:
    table = PARTS[part]
    columns = [_SHOWN.get((part, name), f't."{name}"') for name in table.exported]
    if "detail" in table.exported:
        columns += ['t."id"', 't."detail_key"', _SALT]
    order = _ORDER.get(part, "t.id")
    chosen = OF_PERSON[part] + _LEFT_OUT.get(part, "")
    return f"SELECT {', '.join(columns)} FROM escm.{table.name} t WHERE {chosen} ORDER BY {order}"  # noqa: S608


_QUERIES: Mapping[str, str] = {part: _query(part) for part in PARTS}


async def same_person(connection: Connection, expert: UUID) -> list[UUID]:
    """The expert and all experts merged with them."""
    return [row["id"] for row in await connection.fetch(_SAME, expert)]


async def accounts_of(connection: Connection, experts: Sequence[UUID]) -> list[UUID]:
    """The accounts of these experts."""
    return [row["id"] for row in await connection.fetch(_ACCOUNTS, experts)]


async def rows_of(connection: Connection, part: str, ids: Sequence[UUID]) -> AsyncIterator[dict[str, Any]]:
    """The rows of a part of the export: of experts or, for `history`, of any record with one of these ids."""
    names = PARTS[part].exported
    async for row in connection.cursor(_QUERIES[part], ids, prefetch=_AT_ONCE):
        yield {name: details.read(row) if name == "detail" else row[name] for name in names}


async def published(connection: Connection, people: Sequence[UUID]) -> AsyncIterator[Row]:
    """What other services store of experts and their accounts, by part: `part`, `record`, and its `id` if its history
    is about them."""
    async for row in connection.cursor(_PUBLISHED, people, prefetch=_AT_ONCE):
        yield row
