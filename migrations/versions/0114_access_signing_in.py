"""People sign in to clients: addresses that clients are reached at, codes, browsers, consents.

A session of a client names it, with the scope that it was given and when the person signed in. A code and a cookie are
stored as their SHA-256.
"""

from migrations.rules import grant, json_of, reference_numbers, role, run, setting

revision = "0114_access_signing_in"
down_revision = "0113_actions_versions"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"visibility = ANY({setting('visibilities')}) OR id::text = ANY({setting('records')}) OR {_WRITES}"
_VIEW, _OTHER = "access_published_personal", "access_personal_without_clients"
_ADDED = "client scope signed_in_at"
_AUTHORIZATION = (
    "id ref version status country visibility created_at created_by updated_at updated_by account_id client scope"
)


def upgrade() -> None:
    run("""
ALTER TABLE access_client
    ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}' CHECK (cardinality(redirect_uris) <= 10),
    ADD COLUMN post_logout_redirect_uris text[] NOT NULL DEFAULT '{}'
        CHECK (cardinality(post_logout_redirect_uris) <= 10),
    ADD COLUMN public boolean NOT NULL DEFAULT false,
    ADD COLUMN first_party boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT access_client_public_check CHECK (NOT public OR (secrets = '{}' AND jwks IS NULL))
--;
ALTER TABLE access_session
    ADD COLUMN client uuid REFERENCES access_client (id),
    ADD COLUMN scope text,
    ADD COLUMN signed_in_at timestamptz
--;
CREATE INDEX access_session_client_idx ON access_session (client) WHERE status = 'active'
--;
CREATE TABLE access_browser (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES access_session (id) ON DELETE CASCADE,
    until timestamptz NOT NULL
)
--;
CREATE INDEX access_browser_session_idx ON access_browser (session_id)
--;
CREATE INDEX access_browser_until_idx ON access_browser (until)
--;
CREATE TABLE access_code (
    digest bytea PRIMARY KEY,
    browser_session uuid NOT NULL REFERENCES access_session (id) ON DELETE CASCADE,
    client uuid NOT NULL REFERENCES access_client (id),
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    scope text NOT NULL,
    nonce text,
    until timestamptz NOT NULL,
    used_at timestamptz,
    given uuid REFERENCES access_session (id) ON DELETE SET NULL
)
--;
COMMENT ON COLUMN access_code.given IS 'the session that the code was exchanged for'
--;
CREATE INDEX access_code_browser_idx ON access_code (browser_session)
--;
CREATE INDEX access_code_until_idx ON access_code (until)
--;
CREATE TABLE access_authorization (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    account_id uuid NOT NULL REFERENCES access_account (id),
    client uuid NOT NULL REFERENCES access_client (id),
    scope text NOT NULL
)
--;
CREATE UNIQUE INDEX access_authorization_active_idx ON access_authorization (account_id, client)
    WHERE status = 'active'
--;
CREATE INDEX access_authorization_account_idx ON access_authorization (account_id)
""")
    reference_numbers("access_authorization", "AUT", "access")
    for table in ("access_browser", "access_code"):
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
        _protect(table, f"'restricted' = ANY({setting('visibilities')}) OR {_WRITES}")
    grant("access_authorization", "SELECT, INSERT, UPDATE, DELETE", "access")
    _protect("access_authorization", _READS)
    run(f"""
CREATE POLICY access_authorization_published ON access_authorization FOR SELECT TO {role("owner")} USING (true)
--;
ALTER VIEW {_VIEW} RENAME TO {_OTHER}
--;
CREATE VIEW {_VIEW} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN 'sessions' THEN o.record || (
            SELECT {json_of(_ADDED)} FROM access_session given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {_OTHER} o
    UNION ALL
    SELECT account_id, 'authorizations', id, {json_of(_AUTHORIZATION)}
    FROM access_authorization WHERE 'restricted' = ANY({setting("visibilities")})
""")
    grant(_VIEW, "SELECT", "membership")


def _protect(table: str, reads: str) -> None:
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
""")


def downgrade() -> None:
    run(f"""
DROP VIEW {_VIEW}
--;
ALTER VIEW {_OTHER} RENAME TO {_VIEW}
--;
DROP TABLE access_authorization, access_code, access_browser
--;
DROP SEQUENCE access_authorization_ref_seq
--;
DROP INDEX access_session_client_idx
--;
ALTER TABLE access_session DROP COLUMN client, DROP COLUMN scope, DROP COLUMN signed_in_at
--;
ALTER TABLE access_client DROP CONSTRAINT access_client_public_check, DROP COLUMN redirect_uris,
    DROP COLUMN post_logout_redirect_uris, DROP COLUMN public, DROP COLUMN first_party
""")
