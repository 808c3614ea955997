"""Second factors of accounts, and how surely a session was signed in.

What proves a factor is in a table of its own, which no history and no export reads: a TOTP secret sealed, recovery codes
as SHA-256, of a passkey its public key.
"""

from migrations.definitions import define
from migrations.rules import grant, instant, json_of, reference_numbers, role, run, setting

revision = "0120_access_factors"
down_revision = "0119_actions_figures"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"visibility = ANY({setting('visibilities')}) OR id::text = ANY({setting('records')}) OR {_WRITES}"
_VIEW, _OTHER = "access_published_personal", "access_personal_without_factors"
_SIGN_IN = "acr amr"
_FACTOR = "id ref version status country visibility created_at created_by updated_at updated_by account_id kind name"
_UNTIL = f"jsonb_build_object('locked_until', {instant('locked_until')})"


def upgrade() -> None:
    run("""
ALTER TABLE access_session ADD COLUMN acr text, ADD COLUMN amr text[]
--;
CREATE TABLE access_factor (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'active', 'locked', 'removed')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    account_id uuid NOT NULL REFERENCES access_account (id),
    kind text NOT NULL CHECK (kind IN ('totp', 'passkey', 'recovery_codes')),
    name text NOT NULL,
    locked_until timestamptz
)
--;
CREATE INDEX access_factor_account_idx ON access_factor (account_id)
--;
CREATE INDEX access_factor_waiting_idx ON access_factor (status, created_at) WHERE status IN ('pending', 'locked')
--;
CREATE TABLE access_factor_secret (
    factor_id uuid PRIMARY KEY REFERENCES access_factor (id),
    account_id uuid NOT NULL REFERENCES access_account (id),
    sealed bytea,
    codes bytea[] NOT NULL DEFAULT '{}',
    credential bytea CONSTRAINT access_factor_secret_credential_key UNIQUE,
    public_key bytea,
    counter bigint NOT NULL DEFAULT 0,
    last_step bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    locks integer NOT NULL DEFAULT 0,
    used_at timestamptz
)
--;
CREATE INDEX access_factor_secret_account_idx ON access_factor_secret (account_id)
""")
    reference_numbers("access_factor", "FAC", "access")
    for table, reads in (
        ("access_factor", _READS),
        ("access_factor_secret", f"'restricted' = ANY({setting('visibilities')}) OR {_WRITES}"),
    ):
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
        _protect(table, reads)
    define("access_published_api_key", "0120")
    run(f"""
CREATE POLICY access_factor_published ON access_factor FOR SELECT TO {role("owner")} USING (true)
--;
ALTER VIEW {_VIEW} RENAME TO {_OTHER}
--;
CREATE VIEW {_VIEW} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN 'sessions' THEN o.record || (
            SELECT {json_of(_SIGN_IN)} FROM access_session given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {_OTHER} o
    UNION ALL
    SELECT account_id, 'factors', id, {json_of(_FACTOR)} || {_UNTIL}
    FROM access_factor WHERE 'restricted' = ANY({setting("visibilities")})
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
DROP VIEW access_published_api_key
--;
DROP TABLE access_factor_secret, access_factor
--;
DROP SEQUENCE access_factor_ref_seq
--;
ALTER TABLE access_session DROP COLUMN acr, DROP COLUMN amr
""")
    define("access_published_api_key")
