"""Tasks of officials and of the secretariat, with their comments."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run

revision = "0073_actions_tasks"
down_revision = "0072_actions_assessments"

_STATES = "open|in_progress|done|verified|cancelled"
_ROLES = (
    "'secretariat_officer', 'government_focal_point', 'national_author', 'national_publisher', 'committee_president',"
    " 'committee_secretary'"
)
_KINDS = "'meeting', 'correspondence', 'report_review', 'milestone', 'other'"
_WORK, _OTHER_WORK = "action_published_work", "action_work_without_tasks"
_COLUMNS = "'actions.tasks', id, ref, country"
_LAST = "(due + time '23:59:59') AT TIME ZONE 'UTC'"
_VERB = "CASE status WHEN 'open' THEN 'start' ELSE 'complete' END"
_OPEN = "status IN ('open', 'in_progress')"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_task ({record_columns(_STATES)}
    titles jsonb NOT NULL,
    text jsonb NOT NULL,
    due date NOT NULL,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    owner_id uuid,
    owner_role text CHECK (owner_role IN ({_ROLES})),
    about_kind text CHECK (about_kind IN ({_KINDS})),
    about_record uuid,
    completed_by text,
    completed_on date,
    verified_on date,
    raised_for date,
    overdue_for date,
    completers uuid[] NOT NULL,
    search_key text NOT NULL,
    CHECK (owner_id IS NULL OR owner_role IS NULL),
    CHECK (visibility = 'restricted')
)
--;
CREATE INDEX action_task_country_idx ON action_task (country, status, id)
--;
CREATE INDEX action_task_owner_idx ON action_task (owner_id, status, id) WHERE owner_id IS NOT NULL
--;
CREATE INDEX action_task_about_idx ON action_task (about_record, id) WHERE about_record IS NOT NULL
--;
CREATE UNIQUE INDEX action_task_raised_key ON action_task (about_record, raised_for) WHERE raised_for IS NOT NULL
--;
CREATE INDEX action_task_due_idx ON action_task (due, id)
--;
CREATE INDEX action_task_late_idx ON action_task (due, id) WHERE {_OPEN} AND overdue_for IS DISTINCT FROM due
--;
CREATE TABLE action_task_comment ({record_columns("posted")}
    task_id uuid NOT NULL REFERENCES action_task (id),
    text text NOT NULL,
    CHECK (visibility = 'restricted')
)
--;
CREATE INDEX action_task_comment_task_idx ON action_task_comment (task_id, id)
--;
CREATE INDEX action_task_comment_country_idx ON action_task_comment (country, id)
""")
    reference_numbers("action_task", "TSK", "actions")
    reference_numbers("action_task_comment", "TCM", "actions")
    country_scoped("action_task", "actions")
    country_scoped("action_task_comment", "actions", record="task_id")
    run(f"""
CREATE VIEW action_published_task AS
    SELECT id, ref, version, status, country, visibility, owner_id, owner_role FROM action_task
--;
CREATE VIEW action_published_task_comment AS
    SELECT id, ref, version, status, country, visibility, task_id FROM action_task_comment
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS SELECT * FROM {_OTHER_WORK} UNION ALL
    SELECT {_COLUMNS}, {_VERB}, {_LAST}, owner_id, id, NULL, NULL FROM action_task
    WHERE {_OPEN} AND (owner_id IS NOT NULL OR owner_role IS NOT NULL)
    UNION ALL
    SELECT {_COLUMNS}, 'assign', {_LAST}, NULL, id, NULL, NULL FROM action_task
    WHERE {_OPEN} AND owner_id IS NULL AND owner_role IS NULL
    UNION ALL
    SELECT {_COLUMNS}, 'verify', NULL, NULL, id, NULL, completed_by FROM action_task WHERE status = 'done'
""")
    grant(_WORK, "SELECT", "access")
    for view in ("action_published_task", "action_published_task_comment"):
        grant(view, "SELECT", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP VIEW action_published_task, action_published_task_comment
--;
DROP TABLE action_task_comment, action_task
--;
DROP SEQUENCE action_task_comment_ref_seq, action_task_ref_seq
""")
