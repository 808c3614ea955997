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


def _keys(condition: str) -> str:
    columns = ", ".join(f"split_part(key, ':', {place}) AS {name}" for place, name in enumerate(_PARTS, 1))
    return f"(SELECT key, {columns} FROM unnest(keys) AS k (key) WHERE key LIKE '{condition}:%' OFFSET 0) k"


def upgrade() -> None:
    run(f"""
CREATE FUNCTION action_result_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, true FROM {_keys("actual")} JOIN action_result r
        ON {_OF_SUBJECT}
        AND r.period_id = k.period::uuid AND r.year IS NULL AND r.kind = 'actual' AND {_LIVING}
    UNION ALL
    SELECT k.key, r.id, true FROM {_keys("baseline")} JOIN action_result r
        ON {_OF_SUBJECT}
        AND r.period_id IS NULL AND r.year = k.year::integer AND r.kind = 'baseline' AND {_LIVING}
$$
--;
CREATE FUNCTION action_target_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, true FROM {_keys("target")} JOIN action_target r
        ON {_OF_SUBJECT} AND r.period_id = k.period::uuid
$$
""")
    for name in ("result", "target"):
        run(f"""
REVOKE EXECUTE ON FUNCTION action_{name}_matches(text[]) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION action_{name}_matches(text[]) TO {role("actions")}
""")


def downgrade() -> None:
    run("DROP FUNCTION action_result_matches(text[]), action_target_matches(text[])")
