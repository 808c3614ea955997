"""Whoever ordered jobs lists them."""

from migrations.rules import run

revision = "0146_core_own_jobs"
down_revision = "0134_membership_own_signing"


def upgrade() -> None:
    run("CREATE INDEX core_job_creator_idx ON core_job (created_by, id)")


def downgrade() -> None:
    run("DROP INDEX core_job_creator_idx")
