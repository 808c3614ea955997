"""A focal point may be somebody with an account who is no expert, and follows a predecessor; a role of an office counts
while its holder has the office, whatever access has noted of that yet."""

from migrations.rules import grant, role, run, searching

revision = "0104_actions_offices"
down_revision = "0103_access_places_of_roles"

_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_GRANT = "l.role, l.scope_kind, l.scope_id, l.starts, l.ends, l.resources, l.verbs"
_FOCAL_POINT = "id, ref, version, country, status, visibility, expert_id, starts, ends"


_SERVICES = ("membership", "centres", "actions", "access")
_BY_OFFICE = """
          AND CASE WHEN g.created_by = 'system' AND g.reason ~ '^(seat|focal point|centre) [0-9a-f-]{36}$'
              THEN access_has_office(g.reason, g.principal_id) ELSE true END"""


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


def _grants(by_office: str) -> str:
    return f"""
CREATE OR REPLACE VIEW access_published_grant AS
    WITH living AS NOT MATERIALIZED (
        SELECT g.id, g.principal_kind, g.principal_id, g.role, g.scope_kind, g.scope_id, g.starts, g.ends,
               c.resources, c.verbs, g.delegated_from
        FROM access_grant g
        LEFT JOIN access_account a ON g.principal_kind = 'account' AND a.id = g.principal_id AND a.status = 'active'
        LEFT JOIN access_client c ON g.principal_kind = 'client' AND c.id = g.principal_id AND c.status = 'active'
        WHERE g.status = 'active' AND g.starts <= {_TODAY} AND (g.ends IS NULL OR g.ends >= {_TODAY})
          AND (a.id IS NOT NULL OR c.id IS NOT NULL)
          AND (g.delegated_from IS NULL OR EXISTS (
              SELECT FROM access_grant s JOIN access_account h ON h.id = s.principal_id AND h.status = 'active'
              WHERE s.id = g.delegated_from AND s.status = 'active' AND s.principal_kind = 'account'
                AND s.starts <= {_TODAY} AND (s.ends IS NULL OR s.ends >= {_TODAY}))){by_office}
    )
    SELECT l.id, l.principal_kind, l.principal_id, {_GRANT},
           NULL::text[] AS key_resources, NULL::text[] AS key_verbs, NULL::text[] AS key_countries, l.delegated_from
    FROM living l
    UNION ALL
    SELECT l.id, 'key', k.id, {_GRANT}, k.resources, k.verbs, k.countries, l.delegated_from
    FROM access_api_key k
    JOIN living l ON l.principal_kind = k.owner_kind AND l.principal_id = k.owner_id
    WHERE k.status = 'active' AND k.expires_at > now()
"""


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
    run(_grants(_BY_OFFICE))


def downgrade() -> None:
    run(f"""
{_grants("")}
--;
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
CREATE VIEW action_published_focal_point AS SELECT {_FOCAL_POINT} FROM action_focal_point
--;
ALTER TABLE action_focal_point DROP COLUMN account_id
""")
    grant("action_published_focal_point", "SELECT", "membership", "centres", "access")
