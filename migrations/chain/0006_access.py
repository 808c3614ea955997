"""Accounts, clients, grants, API keys and sessions; signing keys, and what is known of tokens and credentials.

`country` is that of a grant's scope, where it is one country. Reading asks the context as everywhere, or that it writes
everywhere, which every transaction of access that writes does: who may hand on what is no matter of countries. What is
asked for before a caller is known says so with the context of the system.
"""

from migrations.rules import grant, reference_moves, reference_numbers, role, run, setting

revision = "0006_access"
down_revision = "0005_counts"

_SERVICES = ("membership", "centres", "actions", "access")
_REFS = {
    "access_account": "ACC",
    "access_client": "CLI",
    "access_grant": "GRT",
    "access_api_key": "KEY",
    "access_session": "SES",
}
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = (
    f"visibility = ANY({setting('visibilities')}) OR country = ANY({setting('countries')})"
    f" OR id::text = ANY({setting('records')}) OR {_WRITES}"
)


def upgrade() -> None:
    _principals()
    _api_keys()
    _sessions()
    _tokens()
    _credential_changes()
    for table, prefix in _REFS.items():
        reference_numbers(table, prefix, "access")
        grant(table, "SELECT, INSERT, UPDATE", "access")
        _protect(table, _READS)
    grant("access_session", "DELETE", "access")
    reference_moves("access", "access")


def _record(*states: str) -> str:
    return f"""
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('{"', '".join(states)}')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,"""


def _protect(table: str, reads: str) -> None:
    """Row-level security. The views that every service authenticates from read as their owner, who sees every row."""
    run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({reads})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({_WRITES})
--;
CREATE POLICY {table}_published ON {table} FOR SELECT TO {role("owner")} USING (true)
""")


def _principals() -> None:
    """`delegated_from` is the grant that one comes from; `caused_by` is whose act it follows from, where the system
    granted it because of a record. `proposed_secret` waits for a second person."""
    run(f"""
CREATE TABLE access_account ({_record("active", "suspended")}
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    name text NOT NULL,
    search_key text NOT NULL,
    password_hash text,
    expert_id uuid,
    email_verified boolean NOT NULL DEFAULT false,
    language text NOT NULL DEFAULT 'en'
)
--;
CREATE INDEX access_account_expert_idx ON access_account (expert_id) WHERE expert_id IS NOT NULL
--;
CREATE TABLE access_client ({_record("active", "revoked")}
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
    sandbox boolean NOT NULL,
    proposed_secret bytea
)
--;
CREATE TABLE access_grant ({_record("proposed", "active", "revoked", "expired")}
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    role text NOT NULL,
    scope_kind text NOT NULL,
    scope_id text CHECK ((scope_id IS NULL) = (scope_kind = 'global')),
    starts date NOT NULL,
    ends date CHECK (ends >= starts),
    reason text,
    second_person uuid REFERENCES access_account (id),
    delegated_from uuid REFERENCES access_grant (id),
    caused_by text
)
--;
CREATE INDEX access_grant_principal_idx ON access_grant (principal_kind, principal_id)
--;
CREATE INDEX access_grant_ends_idx ON access_grant (ends) WHERE status IN ('proposed', 'active')
--;
CREATE INDEX access_grant_delegated_from_idx ON access_grant (delegated_from) WHERE delegated_from IS NOT NULL
--;
CREATE INDEX access_grant_scope_idx ON access_grant (scope_id)
    WHERE scope_kind IN ('self', 'record', 'institution')
""")


def _api_keys() -> None:
    """A key holds the living grants of its owner, narrowed by its resources, verbs and countries. The key itself is
    random and stored nowhere. `access_last_use` tells when clients, keys and sessions were last used."""
    run(f"""
CREATE TABLE access_api_key ({_record("proposed", "active", "suspended", "revoked", "expired")}
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
CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE status IN ('proposed', 'active', 'suspended')
--;
CREATE TABLE access_last_use (
    kind text NOT NULL CHECK (kind IN ('client', 'key', 'session')),
    id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (kind, id)
)
""")
    grant("access_last_use", "SELECT, INSERT, UPDATE", *_SERVICES)
    grant("access_last_use", "DELETE", "access")


def _sessions() -> None:
    run(f"""
CREATE TABLE access_session ({_record("active", "ended", "expired")}
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
    grant("access_refresh_token", "SELECT, INSERT, UPDATE, DELETE", "access")


def _tokens() -> None:
    """`access_account_token` holds those that are sent to an account's address."""
    run("""
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
--;
CREATE TABLE access_account_token (
    digest bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES access_account (id),
    purpose text NOT NULL CHECK (purpose IN ('password', 'verification')),
    email_key text NOT NULL,
    until timestamptz NOT NULL
)
--;
CREATE INDEX access_account_token_account_idx ON access_account_token (account_id)
--;
CREATE INDEX access_account_token_until_idx ON access_account_token (until)
""")
    grant("access_signing_key", "SELECT, INSERT, DELETE", "access")
    for table in ("access_revoked_token", "access_used_assertion", "access_failed_login"):
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
    grant("access_account_token", "SELECT, INSERT, DELETE", "access")


def _credential_changes() -> None:
    """Who set which credential of whom, and when: whoever did is no second person beside that account for 30 days."""
    run("""
CREATE TABLE access_credential_change (
    id uuid PRIMARY KEY,
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    by_kind text NOT NULL,
    by_id uuid,
    what text NOT NULL CHECK (what IN ('email', 'recovery', 'secret')),
    at timestamptz NOT NULL,
    old_email text
)
--;
COMMENT ON COLUMN access_credential_change.old_email IS 'the address before, until the mail to it is on its way'
--;
CREATE INDEX access_credential_change_principal_idx ON access_credential_change (principal_id, by_id)
--;
CREATE INDEX access_credential_change_by_idx ON access_credential_change (by_id)
""")
    _protect("access_credential_change", _WRITES)
    grant("access_credential_change", "SELECT, INSERT, UPDATE, DELETE", "access")


def downgrade() -> None:
    run(f"""
DROP TABLE access_reference_move, access_credential_change, access_account_token, access_failed_login,
    access_used_assertion, access_revoked_token, access_signing_key, access_refresh_token, access_session,
    access_last_use, access_api_key, access_grant, access_client, access_account
--;
DROP SEQUENCE {", ".join(f"{table}_ref_seq" for table in _REFS)}
""")
