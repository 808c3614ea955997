"""Whether an expert belongs to the network: a grant over one's own record that nobody approved opens nothing of others."""

from migrations.rules import role, run, searching

revision = "access_0020"
down_revision = "core_0027"

_FUNCTION = "member_expert_is_member(text)"


def upgrade() -> None:
    """Every service asks it for the grants of a principal that it does not know yet, so there is no context: the
    function reads beside row-level security, and tells a boolean only."""
    run(f"""
GRANT SELECT (status) ON member_expert TO {role("search")}
--;
CREATE FUNCTION member_expert_is_member(expert text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM member_expert e
        WHERE e.id = CASE WHEN pg_input_is_valid(expert, 'uuid') THEN expert::uuid END
          AND e.status IN ('active', 'grace', 'lapsed')
    )
$$
""")
    services = ", ".join(role(name) for name in ("membership", "centres", "actions"))
    run(f"GRANT EXECUTE ON FUNCTION {_FUNCTION} TO {services}")
    searching(_FUNCTION, "access")


def downgrade() -> None:
    run(f"""
DROP FUNCTION {_FUNCTION}
--;
REVOKE SELECT (status) ON member_expert FROM {role("search")}
""")
