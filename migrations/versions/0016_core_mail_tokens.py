"""Tokens that are mailed, by their digests. Who shows a token needs no right over the record that it is about, so that no
country and no visibility stands between."""

from migrations.rules import grant, run

revision = "0016_core_mail_tokens"
down_revision = "0015_access_own_accounts"


def upgrade() -> None:
    run("""
CREATE TABLE core_mail_token (
    digest bytea PRIMARY KEY,
    service text NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    address_digest bytea NOT NULL,
    until timestamptz NOT NULL,
    used_by uuid
)
--;
CREATE INDEX core_mail_token_subject_idx ON core_mail_token (subject_id)
--;
CREATE INDEX core_mail_token_until_idx ON core_mail_token (service, until)
""")
    grant("core_mail_token", "SELECT, INSERT, UPDATE, DELETE", "membership")


def downgrade() -> None:
    run("DROP TABLE core_mail_token")
