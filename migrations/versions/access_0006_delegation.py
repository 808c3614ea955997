"""Grants that are delegated: one counts while the grant that it comes from does."""

from migrations.rules import role, run

revision = "access_0006"
down_revision = "access_0005"

_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_COLUMNS = "l.role, l.scope_kind, l.scope_id, l.starts, l.ends, l.resources, l.verbs"


def _view(source: str, shown: str) -> str:
    return f"""
    WITH living AS NOT MATERIALIZED (
        SELECT g.id, g.principal_kind, g.principal_id, g.role, g.scope_kind, g.scope_id, g.starts, g.ends,
               c.resources, c.verbs{shown}
        FROM access_grant g
        LEFT JOIN access_account a ON g.principal_kind = 'account' AND a.id = g.principal_id AND a.status = 'active'
        LEFT JOIN access_client c ON g.principal_kind = 'client' AND c.id = g.principal_id AND c.status = 'active'
        WHERE g.status = 'active' AND g.starts <= {_TODAY} AND (g.ends IS NULL OR g.ends >= {_TODAY})
          AND (a.id IS NOT NULL OR c.id IS NOT NULL){source}
    )
    SELECT l.id, l.principal_kind, l.principal_id, {_COLUMNS},
           NULL::text[] AS key_resources, NULL::text[] AS key_verbs, NULL::text[] AS key_countries
           {shown.replace("g.", "l.")}
    FROM living l
    UNION ALL
    SELECT l.id, 'key', k.id, {_COLUMNS}, k.resources, k.verbs, k.countries{shown.replace("g.", "l.")}
    FROM access_api_key k
    JOIN living l ON l.principal_kind = k.owner_kind AND l.principal_id = k.owner_id
    WHERE k.status = 'active' AND k.expires_at > now()
"""


_SOURCE_LIVES = f"""
          AND (g.delegated_from IS NULL OR EXISTS (
              SELECT FROM access_grant s JOIN access_account h ON h.id = s.principal_id AND h.status = 'active'
              WHERE s.id = g.delegated_from AND s.status = 'active' AND s.principal_kind = 'account'
                AND s.starts <= {_TODAY} AND (s.ends IS NULL OR s.ends >= {_TODAY})))"""


def upgrade() -> None:
    run("""
ALTER TABLE access_grant ADD COLUMN delegated_from uuid
--;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_delegated_from_fkey
    FOREIGN KEY (delegated_from) REFERENCES access_grant (id) NOT VALID
--;
CREATE INDEX access_grant_delegated_from_idx ON access_grant (delegated_from) WHERE delegated_from IS NOT NULL
""")
    run(f"CREATE OR REPLACE VIEW access_published_grant AS {_view(_SOURCE_LIVES, ', g.delegated_from')}")


def downgrade() -> None:
    services = ", ".join(role(name) for name in ("membership", "centres", "actions", "access"))
    run(f"""
DROP VIEW access_published_grant
--;
CREATE VIEW access_published_grant AS {_view("", "")}
--;
GRANT SELECT ON access_published_grant TO {services}
--;
ALTER TABLE access_grant DROP COLUMN delegated_from
""")
