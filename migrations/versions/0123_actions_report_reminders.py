"""The countries of rounds of review, whose officials are notified; comments that wait for their authors."""

from migrations.rules import grant, run

revision = "0123_actions_report_reminders"
down_revision = "0122_actions_builds"

_COUNTRIES = "action_published_round_country"
_WORK, _OTHER_WORK = "action_published_work", "action_work_without_comments"
_REVIEWED = ("draft", "changes_requested", "submitted", "in_review")


def upgrade() -> None:
    run(f"""
CREATE VIEW {_COUNTRIES} AS
    SELECT DISTINCT r.id, c.country, r.audience
    FROM action_review_round r
    JOIN action_contribution c ON c.id = ANY (r.contributions)
    WHERE c.country IS NOT NULL
--;
CREATE INDEX action_comment_chapter_idx ON action_comment (edition_id, chapter, id)
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'actions.comments', s.id, s.ref, s.country, 'answer', NULL::timestamptz, e.account_id, s.edition_id,
        NULL::date, NULL
    FROM action_comment s
    JOIN action_contribution c ON c.id = s.contribution_id
    JOIN member_published_expert e ON c.expert_ids @> ARRAY[e.id]
    WHERE s.status = 'open' AND c.status IN {_REVIEWED} AND e.account_id IS NOT NULL
""")
    grant(_COUNTRIES, "SELECT", "access")
    grant(_WORK, "SELECT", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP INDEX action_comment_chapter_idx
--;
DROP VIEW {_COUNTRIES}
""")
