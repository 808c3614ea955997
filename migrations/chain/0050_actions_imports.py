"""Living results, and targets, by indicator, subject and time, for imports. The functions read as their caller."""

from migrations.rules import role, run

revision = "0050_actions_imports"
down_revision = "0049_actions_rules"

_PARTS = ("kind", "indicator", "country", "action", "centre", "period", "year")
_LIVING = """(r.status = 'published'
        OR r.revision_of IS NULL AND r.status IN ('draft', 'submitted', 'approved', 'accepted'))"""
_OF_SUBJECT = """r.indicator_id = k.indicator::uuid AND r.country = k.country
        AND r.action_id IS NOT DISTINCT FROM nullif(k.action, '')::uuid
        AND r.centre_id IS NOT DISTINCT FROM nullif(k.centre, '')::uuid"""


_BRANCHES = {
    "result": {
        "actual": f"r.period_id = k.period::uuid AND r.year IS NULL AND r.kind = 'actual' AND {_LIVING}",
        "baseline": f"r.period_id IS NULL AND r.year = k.year::integer AND r.kind = 'baseline' AND {_LIVING}",
    },
    "target": {"target": "r.period_id = k.period::uuid"},
}


def _matches(table: str, kind: str, condition: str) -> str:
    """One lookup for each key: LIMIT keeps the planner from joining the table as a whole."""
    columns = ", ".join(f"split_part(key, ':', {place}) AS {name}" for place, name in enumerate(_PARTS, 1))
    return f"""
    SELECT k.key, r.id, true
    FROM (SELECT key, {columns} FROM unnest(keys) AS k (key) WHERE key LIKE '{kind}:%' OFFSET 0) k
    CROSS JOIN LATERAL (SELECT r.id FROM {table} r WHERE {_OF_SUBJECT} AND {condition} LIMIT 1) r
"""


def upgrade() -> None:
    for name, branches in _BRANCHES.items():
        found = " UNION ALL ".join(_matches(f"action_{name}", kind, condition) for kind, condition in branches.items())
        run(f"""
CREATE FUNCTION action_{name}_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $${found}$$
""")
    for name in ("result", "target"):
        run(f"""
REVOKE EXECUTE ON FUNCTION action_{name}_matches(text[]) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION action_{name}_matches(text[]) TO {role("actions")}
""")


def downgrade() -> None:
    run("DROP FUNCTION action_result_matches(text[]), action_target_matches(text[])")
