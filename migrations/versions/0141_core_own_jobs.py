"""Whoever ordered jobs lists them."""

from migrations.rules import run

revision = "0141_core_own_jobs"
down_revision = "0140_access_provider_tokens"


def upgrade() -> None:
    run("CREATE INDEX core_job_creator_idx ON core_job (created_by, id)")


def downgrade() -> None:
    run("DROP INDEX core_job_creator_idx")
