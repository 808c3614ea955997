"""People close their own accounts: an address is unique among those that are not closed. Registered accounts that hold
nothing are deleted."""

from migrations.rules import grant, role, run

revision = "0015_access_own_accounts"
down_revision = "0014_core_names"


def upgrade() -> None:
    run("""
ALTER TABLE access_account DROP CONSTRAINT access_account_status_check,
    ADD CONSTRAINT access_account_status_check CHECK (status IN ('active', 'suspended', 'closed')),
    DROP CONSTRAINT access_account_email_key_key
--;
CREATE UNIQUE INDEX access_account_email_key_key ON access_account (email_key) WHERE status <> 'closed'
--;
CREATE INDEX access_account_registered_idx ON access_account (created_at)
    WHERE created_by = 'account:' || id::text
--;
CREATE INDEX access_grant_second_person_idx ON access_grant (second_person) WHERE second_person IS NOT NULL
""")
    grant("access_account", "DELETE", "access")


def downgrade() -> None:
    run(f"""
REVOKE DELETE ON access_account FROM {role("access")}
--;
DROP INDEX access_grant_second_person_idx, access_account_registered_idx, access_account_email_key_key
--;
ALTER TABLE access_account DROP CONSTRAINT access_account_status_check,
    ADD CONSTRAINT access_account_status_check CHECK (status IN ('active', 'suspended')),
    ADD CONSTRAINT access_account_email_key_key UNIQUE (email_key)
""")
