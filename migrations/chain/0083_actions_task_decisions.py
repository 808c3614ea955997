"""The decision of a meeting that a task carries out."""

from migrations.rules import run

revision = "0083_actions_task_decisions"
down_revision = "0082_actions_reported"


def upgrade() -> None:
    run(
        "ALTER TABLE action_task ADD COLUMN about_decision text CHECK (about_decision IS NULL OR about_kind = 'meeting')"
    )


def downgrade() -> None:
    run("ALTER TABLE action_task DROP COLUMN about_decision")
