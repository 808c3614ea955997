"""The day on which programmes were last reminded of the reports about a period that they have not begun."""

from migrations.rules import run

revision = "0088_actions_period_reminders"
down_revision = "0087_centres_entered_by"


def upgrade() -> None:
    run("ALTER TABLE action_period ADD COLUMN reminded_on date")


def downgrade() -> None:
    run("ALTER TABLE action_period DROP COLUMN reminded_on")
