"""Accounts, clients, grants, signing keys and what is known of tokens; the views that every service authenticates from.

Every process reads the grants before it knows any country: row-level security came with access_0009. `access` alone
holds the rows; the others read the three views, which show living things only and no secret. `country` is that of the
scope, where it is one country.
"""

from migrations.rules import grant, reference_numbers, run

revision = "access_0001"
down_revision = "core_0005"

_RECORD = """
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ({states})),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
"""
_GRANT_STATES = "'proposed', 'active', 'revoked', 'expired'"


def upgrade() -> None:
    run(f"""
CREATE TABLE access_account ({_RECORD.format(states="'active', 'suspended'")}
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    name text NOT NULL,
    search_key text NOT NULL,
    password_hash text,
    expert_id uuid
)
--;
CREATE TABLE access_client ({_RECORD.format(states="'active', 'revoked'")}
    client_id text NOT NULL UNIQUE CHECK (client_id ~ '^[A-Za-z0-9._~-]{{3,80}}$'),
    name text NOT NULL,
    search_key text NOT NULL,
    secrets bytea[] NOT NULL CHECK (cardinality(secrets) <= 2),
    jwks jsonb,
    scope_kind text NOT NULL,
    scope_id text,
    resources text[] NOT NULL,
    verbs text[] NOT NULL,
    ip_allow text[] NOT NULL,
    sandbox boolean NOT NULL
)
--;
CREATE TABLE access_grant ({_RECORD.format(states=_GRANT_STATES)}
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    role text NOT NULL,
    scope_kind text NOT NULL,
    scope_id text CHECK ((scope_id IS NULL) = (scope_kind = 'global')),
    starts date NOT NULL,
    ends date CHECK (ends >= starts),
    reason text,
    second_person uuid REFERENCES access_account (id)
)
--;
CREATE INDEX access_grant_principal_idx ON access_grant (principal_kind, principal_id)
--;
CREATE INDEX access_grant_ends_idx ON access_grant (ends) WHERE status IN ('proposed', 'active')
--;
CREATE TABLE access_signing_key (
    kid text PRIMARY KEY,
    public jsonb NOT NULL,
    private bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz NOT NULL,
    verifies_until timestamptz NOT NULL CHECK (verifies_until > signs_until)
)
--;
CREATE TABLE access_revoked_token (
    token_id text PRIMARY KEY,
    principal_kind text NOT NULL,
    principal_id uuid NOT NULL,
    until timestamptz NOT NULL
)
--;
CREATE INDEX access_revoked_token_principal_idx ON access_revoked_token (principal_kind, principal_id)
--;
CREATE TABLE access_used_assertion (
    digest bytea PRIMARY KEY,
    until timestamptz NOT NULL
)
--;
CREATE TABLE access_failed_login (
    email_digest bytea PRIMARY KEY,
    failed integer NOT NULL,
    locked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL
)
""")
    run("""
CREATE VIEW access_published_key AS
    SELECT kid, public FROM access_signing_key WHERE verifies_until > now()
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
    WHERE g.status = 'active' AND g.starts <= (now() AT TIME ZONE 'UTC')::date AND (g.ends IS NULL OR g.ends >= (now() AT TIME ZONE 'UTC')::date)
      AND (a.id IS NOT NULL OR c.id IS NOT NULL)
""")
    for table, prefix in (("access_account", "ACC"), ("access_client", "CLI"), ("access_grant", "GRT")):
        reference_numbers(table, prefix, "access")
        grant(table, "SELECT, INSERT, UPDATE", "access")
    grant("access_signing_key", "SELECT, INSERT, DELETE", "access")
    for table in ("access_revoked_token", "access_used_assertion", "access_failed_login"):
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
    for view in ("access_published_key", "access_published_principal", "access_published_grant"):
        grant(view, "SELECT", "membership", "centres", "actions", "access")


def downgrade() -> None:
    run("""
DROP VIEW access_published_grant, access_published_principal, access_published_key
--;
DROP TABLE access_failed_login, access_used_assertion, access_revoked_token, access_signing_key, access_grant,
    access_client, access_account
--;
DROP SEQUENCE access_account_ref_seq, access_client_ref_seq, access_grant_ref_seq
""")
