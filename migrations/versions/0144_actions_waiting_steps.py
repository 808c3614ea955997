"""Returned results wait for their authors, and rounds of the Global Report for those who comment in them."""

from migrations.rules import grant, run

revision = "0144_actions_waiting_steps"
down_revision = "0143_actions_figure_readers"

_INDEX = "action_result_returned"
_WORK, _OTHER_WORK = "action_published_work", "action_work_without_returns"


def upgrade() -> None:
    run(f"""
CREATE INDEX {_INDEX} ON action_result (country, id) WHERE status = 'draft' AND late IS NOT NULL
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'actions.results', r.id, r.ref, r.country, 'submit', NULL::timestamptz, NULL::uuid, r.id, NULL::date, NULL
    FROM action_result r
    WHERE r.status = 'draft' AND r.late IS NOT NULL
    UNION ALL
    SELECT 'actions.reviewers', v.id, v.ref, v.country, 'comment', r.closes, e.account_id, v.expert_id, NULL::date, NULL
    FROM action_reviewer v
    JOIN action_review_round r ON r.id = v.round_id
    JOIN member_published_expert e ON e.id = v.expert_id
    WHERE v.status = 'accepted' AND v.conflict_of_interest IS NOT TRUE AND r.status = 'open'
        AND e.account_id IS NOT NULL
    UNION ALL
    SELECT 'actions.review_rounds', r.id, r.ref, r.country, 'comment', r.closes, o.principal_id, r.edition_id,
        NULL::date, NULL
    FROM action_review_round r
    CROSS JOIN (
        SELECT DISTINCT g.principal_id FROM access_published_grant g
        WHERE g.principal_kind = 'account' AND g.scope_kind = 'country'
            AND g.role IN ('government_focal_point', 'national_publisher')
    ) o
    WHERE r.status = 'open' AND r.audience IN ('governments', 'both')
""")
    grant(_WORK, "SELECT", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP INDEX {_INDEX}
""")
