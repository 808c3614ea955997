"""Identity providers of ministries, the identities that people have there, and where a session was opened.

`access_federation_start` is a person on the way to a provider. State and cookie are stored as their SHA-256.
"""

from migrations.rules import grant, json_of, reference_numbers, role, run, setting

revision = "0121_access_federation"
down_revision = "0120_access_factors"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"visibility = ANY({setting('visibilities')}) OR id::text = ANY({setting('records')}) OR {_WRITES}"
_VIEW, _OTHER = "access_published_personal", "access_personal_without_identities"
_OF_SESSION = "provider"
_IDENTITY = (
    "id ref version status country visibility created_at created_by updated_at updated_by account_id provider issuer"
    " subject email last_used_at"
)
_RECORD = """
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN {states}),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,"""


def upgrade() -> None:
    run(f"""
CREATE TABLE access_identity_provider ({_RECORD.format(states="('draft', 'tested', 'active', 'suspended', 'retired')")}
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9-]{{1,39}}$'),
    titles jsonb NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    auth text NOT NULL CHECK (auth IN ('private_key_jwt', 'secret')),
    sealed bytea,
    scopes text[] NOT NULL,
    countries text[] NOT NULL,
    domains text[] NOT NULL CHECK (cardinality(domains) <= 20),
    claims jsonb NOT NULL,
    levels jsonb NOT NULL,
    accounts text NOT NULL CHECK (accounts IN ('invited', 'domain', 'anyone')),
    CHECK (auth = 'private_key_jwt' OR sealed IS NOT NULL)
)
--;
CREATE UNIQUE INDEX access_identity_provider_issuer_idx ON access_identity_provider (issuer)
    WHERE status <> 'retired'
--;
CREATE TABLE access_identity ({_RECORD.format(states="('linked', 'unlinked')")}
    account_id uuid NOT NULL REFERENCES access_account (id),
    provider uuid NOT NULL REFERENCES access_identity_provider (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    email text,
    last_used_at timestamptz
)
--;
CREATE UNIQUE INDEX access_identity_subject_idx ON access_identity (issuer, subject) WHERE status = 'linked'
--;
CREATE INDEX access_identity_account_idx ON access_identity (account_id)
--;
CREATE TABLE access_federation_start (
    digest bytea PRIMARY KEY,
    browser bytea NOT NULL,
    provider uuid NOT NULL REFERENCES access_identity_provider (id),
    request text,
    account_id uuid REFERENCES access_account (id) ON DELETE CASCADE,
    invitation bytea,
    until timestamptz NOT NULL
)
--;
CREATE INDEX access_federation_start_until_idx ON access_federation_start (until)
--;
ALTER TABLE access_session
    ADD COLUMN provider uuid REFERENCES access_identity_provider (id),
    ADD COLUMN provider_sid text
--;
CREATE INDEX access_session_provider_idx ON access_session (provider) WHERE status = 'active'
--;
ALTER TABLE access_client ADD COLUMN backchannel_logout_uri text
""")
    reference_numbers("access_identity_provider", "IDP", "access")
    reference_numbers("access_identity", "IDN", "access")
    for table in ("access_identity_provider", "access_identity"):
        _protect(table, _READS)
    _protect("access_federation_start", f"'restricted' = ANY({setting('visibilities')}) OR {_WRITES}")
    run(f"""
CREATE POLICY access_identity_published ON access_identity FOR SELECT TO {role("owner")} USING (true)
--;
ALTER VIEW {_VIEW} RENAME TO {_OTHER}
--;
CREATE VIEW {_VIEW} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN 'sessions' THEN o.record || (
            SELECT {json_of(_OF_SESSION)} FROM access_session given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {_OTHER} o
    UNION ALL
    SELECT account_id, 'identities', id, {json_of(_IDENTITY)}
    FROM access_identity WHERE 'restricted' = ANY({setting("visibilities")})
""")
    grant(_VIEW, "SELECT", "membership")


def _protect(table: str, reads: str) -> None:
    grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
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
ALTER TABLE access_client DROP COLUMN backchannel_logout_uri
--;
ALTER TABLE access_session DROP COLUMN provider, DROP COLUMN provider_sid
--;
DROP TABLE access_federation_start, access_identity, access_identity_provider
--;
DROP SEQUENCE access_identity_provider_ref_seq
--;
DROP SEQUENCE access_identity_ref_seq
""")
