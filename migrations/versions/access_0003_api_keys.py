"""API keys, when clients and keys were last used, and from where a client may come, as every service sees them.

A key holds the living grants of its owner, narrowed by its resources, verbs and countries. Its digest is published so
that every service finds it; the key itself is random and stored nowhere.
"""

from migrations.rules import grant, reference_numbers, role, run

revision = "access_0003"
down_revision = "core_0011"

SERVICES = ("membership", "centres", "actions", "access")


def upgrade() -> None:
    run("""
CREATE TABLE access_api_key (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'revoked', 'expired')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    digest bytea NOT NULL UNIQUE,
    owner_kind text NOT NULL CHECK (owner_kind IN ('account', 'client')),
    owner_id uuid NOT NULL,
    resources text[] NOT NULL,
    verbs text[] NOT NULL,
    countries text[],
    expires_at timestamptz NOT NULL
)
--;
CREATE INDEX access_api_key_owner_idx ON access_api_key (owner_id)
--;
CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE status = 'active'
--;
CREATE TABLE access_last_use (
    kind text NOT NULL CHECK (kind IN ('client', 'key', 'session')),
    id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (kind, id)
)
--;
CREATE VIEW access_published_api_key AS
    SELECT digest, id, expires_at FROM access_api_key WHERE status = 'active' AND expires_at > now()
--;
CREATE OR REPLACE VIEW access_published_principal AS
    SELECT p.kind, p.id, p.name, p.sandbox,
           ARRAY(SELECT r.token_id FROM access_revoked_token r
                 WHERE r.principal_kind = p.kind AND r.principal_id = p.id AND r.until > now()) AS revoked_tokens,
           p.owner_id, p.ip_allow
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
--;
CREATE OR REPLACE VIEW access_published_grant AS
    WITH living AS NOT MATERIALIZED (
        SELECT g.id, g.principal_kind, g.principal_id, g.role, g.scope_kind, g.scope_id, g.starts, g.ends,
               c.resources, c.verbs
        FROM access_grant g
        LEFT JOIN access_account a ON g.principal_kind = 'account' AND a.id = g.principal_id AND a.status = 'active'
        LEFT JOIN access_client c ON g.principal_kind = 'client' AND c.id = g.principal_id AND c.status = 'active'
        WHERE g.status = 'active' AND g.starts <= (now() AT TIME ZONE 'UTC')::date
          AND (g.ends IS NULL OR g.ends >= (now() AT TIME ZONE 'UTC')::date)
          AND (a.id IS NOT NULL OR c.id IS NOT NULL)
    )
    SELECT l.id, l.principal_kind, l.principal_id, l.role, l.scope_kind, l.scope_id, l.starts, l.ends,
           l.resources, l.verbs, NULL::text[] AS key_resources, NULL::text[] AS key_verbs, NULL::text[] AS key_countries
    FROM living l
    UNION ALL
    SELECT l.id, 'key', k.id, l.role, l.scope_kind, l.scope_id, l.starts, l.ends,
           l.resources, l.verbs, k.resources, k.verbs, k.countries
    FROM access_api_key k
    JOIN living l ON l.principal_kind = k.owner_kind AND l.principal_id = k.owner_id
    WHERE k.status = 'active' AND k.expires_at > now()
""")
    reference_numbers("access_api_key", "KEY", "access")
    grant("access_api_key", "SELECT, INSERT, UPDATE", "access")
    grant("access_last_use", "SELECT, INSERT, UPDATE", *SERVICES)
    grant("access_last_use", "DELETE", "access")
    grant("access_published_api_key", "SELECT", *SERVICES)


def downgrade() -> None:
    services = ", ".join(role(name) for name in SERVICES)
    run(f"""
DROP VIEW access_published_grant, access_published_principal, access_published_api_key
--;
CREATE VIEW access_published_principal AS
    SELECT p.kind, p.id, p.name, p.sandbox,
           ARRAY(SELECT r.token_id FROM access_revoked_token r
                 WHERE r.principal_kind = p.kind AND r.principal_id = p.id AND r.until > now()) AS revoked_tokens
    FROM (
        SELECT 'account' AS kind, id, name, false AS sandbox FROM access_account WHERE status = 'active'
        UNION ALL
        SELECT 'client', id, name, sandbox FROM access_client WHERE status = 'active'
    ) p
--;
CREATE VIEW access_published_grant AS
    SELECT g.id, g.principal_kind, g.principal_id, g.role, g.scope_kind, g.scope_id, g.starts, g.ends,
           c.resources, c.verbs
    FROM access_grant g
    LEFT JOIN access_account a ON g.principal_kind = 'account' AND a.id = g.principal_id AND a.status = 'active'
    LEFT JOIN access_client c ON g.principal_kind = 'client' AND c.id = g.principal_id AND c.status = 'active'
    WHERE g.status = 'active' AND g.starts <= (now() AT TIME ZONE 'UTC')::date
      AND (g.ends IS NULL OR g.ends >= (now() AT TIME ZONE 'UTC')::date)
      AND (a.id IS NOT NULL OR c.id IS NOT NULL)
--;
GRANT SELECT ON access_published_principal, access_published_grant TO {services}
--;
DROP TABLE access_last_use, access_api_key
--;
DROP SEQUENCE access_api_key_ref_seq
""")
