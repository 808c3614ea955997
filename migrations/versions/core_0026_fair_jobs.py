"""Workers take the jobs of different principals in turn: each job tells whose it is, and when it was last taken."""

from migrations.rules import index_beside_writers, run

revision = "core_0026"
down_revision = "access_0011"


def upgrade() -> None:
    run("ALTER TABLE core_job ADD COLUMN principal text NOT NULL DEFAULT '', ADD COLUMN taken_at timestamptz")
    run(
        "COMMENT ON COLUMN core_job.principal IS 'whose share of the workers it takes; that of the release before is empty'"
    )
    index_beside_writers("core_job_turn_idx", "core_job (service, bulk, principal, next_at) WHERE status = 'queued'")
    index_beside_writers("core_job_taken_idx", "core_job (service, bulk, principal, taken_at)")


def downgrade() -> None:
    run("DROP INDEX core_job_turn_idx")
    run("DROP INDEX core_job_taken_idx")
    run("ALTER TABLE core_job DROP COLUMN principal, DROP COLUMN taken_at")
