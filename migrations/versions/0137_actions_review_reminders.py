"""When was reminded of the last days of editions and of the ends of rounds of review; editions, whose editors are."""

from migrations.rules import grant, run

revision = "0137_actions_review_reminders"
down_revision = "0136_access_webhook_reach"

_COLUMNS = {
    "action_edition": ("review_reminded_on", "final_reminded_on"),
    "action_review_round": ("reminded_on",),
    "action_reviewer": ("reminded_on",),
}
_EDITIONS = "action_published_edition"


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for column in columns:
            run(f"ALTER TABLE {table} ADD COLUMN {column} date")
    run(f"CREATE VIEW {_EDITIONS} AS SELECT id, ref, version, country, status, visibility FROM action_edition")
    grant(_EDITIONS, "SELECT", "access")


def downgrade() -> None:
    run(f"DROP VIEW {_EDITIONS}")
    for table, columns in _COLUMNS.items():
        for column in columns:
            run(f"ALTER TABLE {table} DROP COLUMN {column}")
