"""An index finds whether a person has had a mail of notifications in the last quarter of an hour."""

from migrations.rules import index_beside_writers, run

revision = "0097_access_gathered_mails"
down_revision = "0094_actions_support_holders"


def upgrade() -> None:
    index_beside_writers(
        "access_notification_mailed_idx", "access_notification (account_id, mailed_at) WHERE mail = 'mail'"
    )


def downgrade() -> None:
    run("DROP INDEX access_notification_mailed_idx")
