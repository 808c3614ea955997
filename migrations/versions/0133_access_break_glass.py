"""Addresses by which an operator opens the break-glass account on the host, and the promise that this account has no password."""

from migrations.rules import grant, run, setting

revision = "0133_access_break_glass"
down_revision = "0132_core_count_days"

_ACCOUNT = "019ad700-0000-7000-8000-000000000000"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"'restricted' = ANY({setting('visibilities')}) OR {_WRITES}"


def upgrade() -> None:
    run("""
CREATE TABLE access_break_glass (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    made_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    used_at timestamptz,
    session uuid REFERENCES access_session (id) ON DELETE SET NULL
)
--;
COMMENT ON COLUMN access_break_glass.session IS 'the session that the address opened'
--;
CREATE INDEX access_break_glass_session_idx ON access_break_glass (session)
--;
CREATE INDEX access_break_glass_made_idx ON access_break_glass (made_at)
""")
    grant("access_break_glass", "SELECT, INSERT, UPDATE, DELETE", "access")
    run(f"""
ALTER TABLE access_break_glass ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE access_break_glass FORCE ROW LEVEL SECURITY
--;
CREATE POLICY access_break_glass_read ON access_break_glass FOR SELECT USING ({_READS})
--;
CREATE POLICY access_break_glass_insert ON access_break_glass FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY access_break_glass_update ON access_break_glass FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY access_break_glass_delete ON access_break_glass FOR DELETE USING ({_WRITES})
--;
ALTER TABLE access_account ADD CONSTRAINT access_account_break_glass_check
    CHECK (id <> '{_ACCOUNT}' OR password_hash IS NULL) NOT VALID
--;
ALTER TABLE access_account VALIDATE CONSTRAINT access_account_break_glass_check
""")


def downgrade() -> None:
    run("""
ALTER TABLE access_account DROP CONSTRAINT access_account_break_glass_check
--;
DROP TABLE access_break_glass
""")
