"""Tasks about errors that readers report."""

from migrations.rules import run

revision = "0142_actions_reported_errors"
down_revision = "0141_core_own_jobs"

_KINDS = "'meeting', 'correspondence', 'report_review', 'milestone', 'other'"


def _take(kinds: str) -> None:
    run(f"""
ALTER TABLE action_task DROP CONSTRAINT action_task_about_kind_check,
    ADD CONSTRAINT action_task_about_kind_check CHECK (about_kind IN ({kinds}))
""")


def upgrade() -> None:
    _take(f"{_KINDS}, 'reported_error'")


def downgrade() -> None:
    run("UPDATE action_task SET about_kind = 'other' WHERE about_kind = 'reported_error'")
    _take(_KINDS)
