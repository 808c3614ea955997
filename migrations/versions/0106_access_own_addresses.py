"""People change the address of their own account: the new one waits for its confirmation, and a digest of the previous
one lets the register follow."""

from migrations.rules import grant, run

revision = "0106_access_own_addresses"
down_revision = "0105_access_personal_grants"

_VIEW = "access_published_former_address"


def upgrade() -> None:
    run(f"""
ALTER TABLE access_account_token ADD COLUMN email text,
    DROP CONSTRAINT access_account_token_purpose_check,
    ADD CONSTRAINT access_account_token_purpose_check
        CHECK (purpose IN ('password', 'verification', 'email', 'keep'))
--;
COMMENT ON COLUMN access_account_token.email IS 'the address that the account gets with this token'
--;
ALTER TABLE access_credential_change ADD COLUMN old_digest bytea
--;
COMMENT ON COLUMN access_credential_change.old_digest IS 'of the address from which the owner moved the account'
--;
CREATE VIEW {_VIEW} AS
    SELECT principal_id AS account_id, old_digest AS digest FROM access_credential_change
    WHERE principal_kind = 'account' AND old_digest IS NOT NULL
""")
    grant(_VIEW, "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW {_VIEW}
--;
ALTER TABLE access_credential_change DROP COLUMN old_digest
--;
DELETE FROM access_account_token WHERE purpose IN ('email', 'keep')
--;
ALTER TABLE access_account_token DROP COLUMN email,
    DROP CONSTRAINT access_account_token_purpose_check,
    ADD CONSTRAINT access_account_token_purpose_check CHECK (purpose IN ('password', 'verification'))
""")
