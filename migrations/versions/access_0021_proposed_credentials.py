"""Secrets and API keys of clients with a role of two, which wait for a second person."""

from migrations.rules import run

revision = "access_0021"
down_revision = "access_0020"


def _states(*states: str) -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    living = ", ".join(f"'{state}'" for state in states if state not in ("revoked", "expired"))
    return f"""
ALTER TABLE access_api_key DROP CONSTRAINT access_api_key_status_check
--;
ALTER TABLE access_api_key ADD CONSTRAINT access_api_key_status_check CHECK (status IN ({listed})) NOT VALID
--;
ALTER TABLE access_api_key VALIDATE CONSTRAINT access_api_key_status_check
--;
DROP INDEX access_api_key_expires_idx
--;
CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE status IN ({living})
"""


def upgrade() -> None:
    run("ALTER TABLE access_client ADD COLUMN proposed_secret bytea")
    run(_states("proposed", "active", "suspended", "revoked", "expired"))


def downgrade() -> None:
    run("UPDATE access_api_key SET status = 'revoked' WHERE status = 'proposed'")
    run(_states("active", "suspended", "revoked", "expired"))
    run("ALTER TABLE access_client DROP COLUMN proposed_secret")
