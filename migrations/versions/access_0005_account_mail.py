"""Whether an account's address is verified, the language of its mail, and the tokens that are sent there."""

from migrations.rules import grant, run

revision = "access_0005"
down_revision = "core_0012"


def upgrade() -> None:
    run("""
ALTER TABLE access_account ADD COLUMN email_verified boolean NOT NULL DEFAULT false
--;
ALTER TABLE access_account ADD COLUMN language text NOT NULL DEFAULT 'en'
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
    grant("access_account_token", "SELECT, INSERT, DELETE", "access")


def downgrade() -> None:
    run("""
DROP TABLE access_account_token
--;
ALTER TABLE access_account DROP COLUMN language
--;
ALTER TABLE access_account DROP COLUMN email_verified
""")
