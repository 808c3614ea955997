"""API keys that wait for their owner, since the owner's password was recovered by mail."""

from migrations.rules import run

revision = "access_0017"
down_revision = "access_0010"


def upgrade() -> None:
    run("""
ALTER TABLE access_api_key DROP CONSTRAINT access_api_key_status_check
--;
ALTER TABLE access_api_key ADD CONSTRAINT access_api_key_status_check
    CHECK (status IN ('active', 'suspended', 'revoked', 'expired')) NOT VALID
--;
ALTER TABLE access_api_key VALIDATE CONSTRAINT access_api_key_status_check
--;
DROP INDEX access_api_key_expires_idx
--;
CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE status IN ('active', 'suspended')
""")


def downgrade() -> None:
    run("""
UPDATE access_api_key SET status = 'revoked' WHERE status = 'suspended'
--;
ALTER TABLE access_api_key DROP CONSTRAINT access_api_key_status_check
--;
ALTER TABLE access_api_key ADD CONSTRAINT access_api_key_status_check
    CHECK (status IN ('active', 'revoked', 'expired'))
--;
DROP INDEX access_api_key_expires_idx
--;
CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE status = 'active'
""")
