"""Experts who may be asked for support, and their expertise, for other services."""

from migrations.rules import grant, index_beside_writers, role, run, searching

revision = "0059_membership_expertise"
down_revision = "0058_centres_register"

_DECIDING = ("status", "available_for_support", "merged_into", "erased_at", "restricted_at")
_VIEWS = ("member_published_available_expert", "member_published_expertise")
_FUNCTIONS = ("member_expert_availability()", "member_expert_value_availability()")


def _is_available(row: str) -> str:
    return (
        f"({row}.status = 'active' AND {row}.available_for_support AND {row}.merged_into IS NULL"
        f" AND {row}.erased_at IS NULL AND {row}.restricted_at IS NULL)"
    )


def upgrade() -> None:
    """Each value says whether its expert is available, so that an index has the values of these experts alone: among a
    million experts of imported lists few may be active. The triggers act as `escm_search`, which may change nothing
    else."""
    searcher = role("search")
    run(f"""
ALTER TABLE member_expert_value ADD COLUMN is_available boolean NOT NULL DEFAULT false
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
UPDATE member_expert_value v SET is_available = true
FROM member_expert e WHERE e.id = v.expert_id AND {_is_available("e")}
--;
GRANT SELECT (available_for_support, restricted_at) ON member_expert TO {searcher}
--;
CREATE POLICY member_expert_value_search ON member_expert_value FOR SELECT TO {searcher} USING (true)
--;
CREATE POLICY member_expert_value_available ON member_expert_value FOR UPDATE TO {searcher}
    USING (true) WITH CHECK (true)
--;
GRANT SELECT (expert_id, kind, value, is_available), UPDATE (is_available) ON member_expert_value TO {searcher}
--;
CREATE FUNCTION member_expert_availability() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    UPDATE member_expert_value SET is_available = {_is_available("NEW")} WHERE expert_id = NEW.id;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_expert_availability AFTER UPDATE OF {", ".join(_DECIDING)} ON member_expert FOR EACH ROW
    WHEN ({_is_available("OLD")} IS DISTINCT FROM {_is_available("NEW")})
    EXECUTE FUNCTION member_expert_availability()
--;
CREATE FUNCTION member_expert_value_availability() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    UPDATE member_expert_value v SET is_available = true
    FROM added a JOIN member_expert e ON e.id = a.expert_id
    WHERE {_is_available("e")} AND v.expert_id = a.expert_id AND v.kind = a.kind AND v.value = a.value;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_expert_value_availability AFTER INSERT ON member_expert_value REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION member_expert_value_availability()
""")
    for function in _FUNCTIONS:
        searching(function, "membership")
    run(f"""
CREATE VIEW member_published_available_expert AS
    SELECT id, ref, version, status, country, visibility, display_name
    FROM member_expert WHERE {_is_available("member_expert")}
--;
CREATE VIEW member_published_expertise AS
    SELECT expert_id AS id, 'active'::text AS status, country, visibility, kind, value
    FROM member_expert_value WHERE is_available
""")
    for view in _VIEWS:
        grant(view, "SELECT", "actions")
    index_beside_writers(
        "member_expert_value_available_idx",
        "member_expert_value (kind, value, expert_id) INCLUDE (country, visibility) WHERE is_available",
    )


def downgrade() -> None:
    searcher = role("search")
    run(f"""
DROP INDEX member_expert_value_available_idx
--;
DROP VIEW {", ".join(_VIEWS)}
--;
DROP TRIGGER member_expert_value_availability ON member_expert_value
--;
DROP TRIGGER member_expert_availability ON member_expert
--;
DROP FUNCTION {", ".join(_FUNCTIONS)}
--;
REVOKE SELECT (expert_id, kind, value, is_available), UPDATE (is_available) ON member_expert_value FROM {searcher}
--;
DROP POLICY member_expert_value_available ON member_expert_value
--;
DROP POLICY member_expert_value_search ON member_expert_value
--;
REVOKE SELECT (available_for_support, restricted_at) ON member_expert FROM {searcher}
--;
ALTER TABLE member_expert_value DROP COLUMN is_available
""")
