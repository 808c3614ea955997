"""A focal point may be somebody with an account who is no expert, and follows a predecessor; a role of an office counts
while its holder has the office, whatever access has noted of that yet."""

from migrations.definitions import define
from migrations.rules import role, run, searching

revision = "0104_actions_offices"
down_revision = "0103_access_places_of_roles"

_FOCAL_POINT = "id, ref, version, country, status, visibility, expert_id, starts, ends"
_SERVICES = ("membership", "centres", "actions", "access")


def _offices() -> None:
    """Whether an account has the office from which a role follows; the reason of the grant names it. Nobody learns more
    from it than from the grants that it filters."""
    run(f"""
CREATE FUNCTION access_has_office(source text, account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER COST 1000 SET search_path = escm, pg_temp AS $$
    SELECT CASE left(source, -37)
        WHEN 'seat' THEN EXISTS (
            SELECT FROM centre_seat o JOIN member_expert e ON e.id = o.expert_id
            WHERE o.id = right(source, 36)::uuid AND o.status = 'appointed' AND e.account_id = account)
        WHEN 'focal point' THEN EXISTS (
            SELECT FROM action_focal_point o LEFT JOIN member_expert e ON e.id = o.expert_id
            WHERE o.id = right(source, 36)::uuid AND o.status IN ('active', 'handing_over')
              AND coalesce(e.account_id, o.account_id) = account)
        ELSE EXISTS (
            SELECT FROM centre_centre o JOIN member_expert e ON e.id = o.director_id
            WHERE o.id = right(source, 36)::uuid AND e.account_id = account)
    END
$$
--;
GRANT SELECT (id, status, expert_id) ON centre_seat TO {role("search")}
--;
CREATE POLICY centre_seat_offices ON centre_seat FOR SELECT TO {role("search")} USING (true)
--;
GRANT SELECT (expert_id, account_id) ON action_focal_point TO {role("search")}
--;
GRANT SELECT (director_id) ON centre_centre TO {role("search")}
--;
GRANT EXECUTE ON FUNCTION access_has_office(text, uuid) TO {", ".join(map(role, _SERVICES))}
""")
    searching("access_has_office(text, uuid)", "access")


def upgrade() -> None:
    run(f"""
ALTER TABLE action_focal_point ADD COLUMN account_id uuid
--;
CREATE INDEX action_focal_point_account_idx ON action_focal_point (account_id) WHERE account_id IS NOT NULL
--;
CREATE OR REPLACE VIEW action_published_focal_point AS
    SELECT {_FOCAL_POINT}, account_id, predecessor_id FROM action_focal_point
""")
    _offices()
    define("access_published_grant", "0104")


def downgrade() -> None:
    define("access_published_grant")
    run(f"""
DROP FUNCTION access_has_office(text, uuid)
--;
DROP POLICY centre_seat_offices ON centre_seat
--;
REVOKE SELECT (id, status, expert_id) ON centre_seat FROM {role("search")}
--;
REVOKE SELECT (director_id) ON centre_centre FROM {role("search")}
--;
REVOKE SELECT (expert_id) ON action_focal_point FROM {role("search")}
--;
DROP VIEW action_published_focal_point
--;
ALTER TABLE action_focal_point DROP COLUMN account_id
""")
    define("action_published_focal_point")
