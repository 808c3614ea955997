"""Actions by programme and title, and milestones by action and title, for imports. The functions read as their
caller."""

from migrations.rules import role, run

revision = "0084_actions_plan_imports"
down_revision = "0083_actions_task_decisions"

_OWNERS = {"action": "programme_id", "milestone": "action_id"}


def upgrade() -> None:
    for name, owner in _OWNERS.items():
        first = len(name) + 2
        run(f"""
CREATE FUNCTION action_{name}_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, substr(key, {first}, 36) AS owner, substr(key, {first + 37}) AS title
        FROM unnest(keys) AS k (key) WHERE key LIKE '{name}:%' OFFSET 0) k
    CROSS JOIN LATERAL (SELECT r.id FROM action_{name} r
        WHERE r.{owner} = k.owner::uuid AND r.search_key = k.title ORDER BY r.id LIMIT 1) r
$$
--;
REVOKE EXECUTE ON FUNCTION action_{name}_matches(text[]) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION action_{name}_matches(text[]) TO {role("actions")}
""")


def downgrade() -> None:
    run("DROP FUNCTION action_action_matches(text[]), action_milestone_matches(text[])")
