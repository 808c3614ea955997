"""Indexes find whether a person has had a mail of notifications in the last quarter of an hour, and who wants to know at
once of what waits."""

from migrations.rules import index_beside_writers, run

revision = "0102_access_gathered_mails"
down_revision = "0101_membership_candidates"


def upgrade() -> None:
    run("CREATE INDEX access_account_at_once_idx ON access_account (id) WHERE notifications ->> 'work_list' = 'mail'")
    index_beside_writers(
        "access_notification_mailed_idx", "access_notification (account_id, mailed_at) WHERE mail = 'mail'"
    )


def downgrade() -> None:
    run("""
DROP INDEX access_notification_mailed_idx
--;
DROP INDEX access_account_at_once_idx
""")
