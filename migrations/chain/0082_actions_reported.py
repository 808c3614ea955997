"""When a programme first submitted a report about a period: by then it is in time or late."""

from migrations.rules import run

revision = "0082_actions_reported"
down_revision = "0081_centres_document_scopes"


def upgrade() -> None:
    """A report that was returned has the time of its last submission; the audit trail has the first."""
    run("""
ALTER TABLE action_report ADD COLUMN reported_at timestamptz
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
UPDATE action_report r SET reported_at = coalesce(
    (SELECT min(a.at) FROM core_audit a WHERE a.subject = r.id AND a.action = 'submit'), r.submitted_at)
WHERE r.submitted_at IS NOT NULL
""")


def downgrade() -> None:
    run("ALTER TABLE action_report DROP COLUMN reported_at")
