"""Sessions of people, the tokens that renew them, and the ended ones as every service sees them."""

from migrations.rules import grant, reference_numbers, role, run

revision = "access_0004"
down_revision = "access_0003"

_PRINCIPALS = """
    FROM (
        SELECT 'account' AS kind, id, name, false AS sandbox, NULL::uuid AS owner_id, '{}'::text[] AS ip_allow
        FROM access_account WHERE status = 'active'
        UNION ALL
        SELECT 'client', id, name, sandbox, NULL, ip_allow FROM access_client WHERE status = 'active'
        UNION ALL
        SELECT 'key', k.id, k.name, coalesce(c.sandbox, false), k.owner_id, coalesce(c.ip_allow, '{}')
        FROM access_api_key k
        LEFT JOIN access_account a ON k.owner_kind = 'account' AND a.id = k.owner_id AND a.status = 'active'
        LEFT JOIN access_client c ON k.owner_kind = 'client' AND c.id = k.owner_id AND c.status = 'active'
        WHERE k.status = 'active' AND k.expires_at > now() AND (a.id IS NOT NULL OR c.id IS NOT NULL)
    ) p
"""
_SHOWN = """
    SELECT p.kind, p.id, p.name, p.sandbox,
           ARRAY(SELECT r.token_id FROM access_revoked_token r
                 WHERE r.principal_kind = p.kind AND r.principal_id = p.id AND r.until > now()) AS revoked_tokens,
           p.owner_id, p.ip_allow
"""


def upgrade() -> None:
    run("""
CREATE TABLE access_session (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended', 'expired')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    account_id uuid NOT NULL REFERENCES access_account (id),
    label text,
    ends_at timestamptz NOT NULL
)
--;
CREATE INDEX access_session_account_idx ON access_session (account_id, updated_at)
--;
CREATE INDEX access_session_status_idx ON access_session (status, updated_at)
--;
CREATE TABLE access_refresh_token (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES access_session (id) ON DELETE CASCADE,
    until timestamptz NOT NULL,
    used_at timestamptz
)
--;
CREATE INDEX access_refresh_token_session_idx ON access_refresh_token (session_id)
--;
CREATE INDEX access_refresh_token_until_idx ON access_refresh_token (until)
""")
    run(f"""
CREATE OR REPLACE VIEW access_published_principal AS {_SHOWN},
           ARRAY(SELECT s.id FROM access_session s
                 WHERE p.kind = 'account' AND s.account_id = p.id AND s.status <> 'active'
                   AND s.updated_at > now() - interval '15 minutes') AS ended_sessions
    {_PRINCIPALS}
""")
    reference_numbers("access_session", "SES", "access")
    grant("access_session", "SELECT, INSERT, UPDATE, DELETE", "access")
    grant("access_refresh_token", "SELECT, INSERT, UPDATE, DELETE", "access")


def downgrade() -> None:
    services = ", ".join(role(name) for name in ("membership", "centres", "actions", "access"))
    run(f"""
DROP VIEW access_published_principal
--;
CREATE VIEW access_published_principal AS {_SHOWN} {_PRINCIPALS}
--;
GRANT SELECT ON access_published_principal TO {services}
--;
DROP TABLE access_refresh_token, access_session
--;
DROP SEQUENCE access_session_ref_seq
""")
