"""Results that wait for an approval, an acceptance or a publication are in the work list."""

from migrations.rules import grant, run

revision = "0080_actions_result_work"
down_revision = "0079_centres_removals"

_WORK, _OTHER_WORK = "action_published_work", "action_work_without_results"
_INDEX = "action_result_waiting_idx"
_VERB = "CASE status WHEN 'submitted' THEN 'approve' WHEN 'approved' THEN 'accept' ELSE 'publish' END"
_WAITS = "status IN ('submitted', 'approved', 'accepted')"


def upgrade() -> None:
    run(f"""
CREATE INDEX {_INDEX} ON action_result (country, id) WHERE {_WAITS}
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS SELECT * FROM {_OTHER_WORK} UNION ALL
    SELECT 'actions.results', id, ref, country, {_VERB}, NULL, NULL, id, NULL, NULL FROM action_result WHERE {_WAITS}
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
