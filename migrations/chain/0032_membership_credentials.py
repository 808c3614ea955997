"""The keys that sign credentials of certificates, which only work of the whole installation reads and writes, and the
index of the lists of certificates that are not in force."""

from migrations.rules import grant, run, setting

revision = "0032_membership_credentials"
down_revision = "0031_membership_templates"

_READS = f"'internal' = ANY({setting('visibilities')})"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run(f"""
CREATE TABLE member_credential_key (
    kid text PRIMARY KEY,
    public jsonb NOT NULL,
    private bytea,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz NOT NULL
)
--;
CREATE INDEX member_certificate_status_list_idx ON member_certificate (status_index, status)
    WHERE status IN ('revoked', 'replaced', 'suspended')
--;
ALTER TABLE member_credential_key ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE member_credential_key FORCE ROW LEVEL SECURITY
--;
CREATE POLICY member_credential_key_read ON member_credential_key FOR SELECT USING ({_READS})
--;
CREATE POLICY member_credential_key_insert ON member_credential_key FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY member_credential_key_update ON member_credential_key FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY member_credential_key_delete ON member_credential_key FOR DELETE USING ({_WRITES})
""")
    grant("member_credential_key", "SELECT, INSERT, UPDATE, DELETE", "membership")


def downgrade() -> None:
    run("""
DROP TABLE member_credential_key
--;
DROP INDEX member_certificate_status_list_idx
""")
