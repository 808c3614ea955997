"""What the views of actions publish of progress reports: work, documents and personal data."""

from migrations.documents import DocumentKind, publish_documents
from migrations.rules import RECORD, grant, json_of, readable_row, role, run

revision = "0071_actions_report_views"
down_revision = "0070_actions_reports"

_KINDS = (
    DocumentKind("actions.actions", "action_action", "baseline.source"),
    DocumentKind("actions.milestones", "action_milestone", "evidence[]"),
    DocumentKind("actions.endorsements", "action_endorsement", "document"),
    DocumentKind("actions.focal_points", "action_focal_point", "letter"),
    DocumentKind("actions.correspondence", "action_correspondence", "document"),
    DocumentKind("actions.results", "action_result", "evidence[]"),
    DocumentKind("actions.support_requests", "action_support_request", "documents[] delivery_document"),
)
_READ = {
    "action_report": "id, ref, country, visibility, status",
    "action_report_section": "report_id, answered",
}
"""The columns that `escm_search` reads."""
_ANSWERED = f"""
SELECT DISTINCT e.id AS evidence_id, 'actions.reports' AS resource, r.id AS record_id, r.ref, r.country, r.visibility,
    r.status, r.id AS scope_id, '/actions/v1/reports/' || r.id AS link
FROM action_published_evidence e
    JOIN action_report_section s ON s.answered @> jsonb_build_array(jsonb_build_object('evidence_id', e.id))
    JOIN action_report r ON r.id = s.report_id
WHERE {readable_row("r")}"""
_WORK, _OTHER_WORK = "action_published_work", "action_work_without_reports"
_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_reports"
_VERBS = "WHEN 'submitted' THEN 'take' WHEN 'in_review' THEN 'clear' WHEN 'cleared' THEN 'publish' ELSE 'submit'"
_STEPS = f"""
SELECT 'actions.reports', id, ref, country, CASE status {_VERBS} END,
    CASE WHEN status IN ('draft', 'changes_requested') THEN (due_on + time '23:59:59') AT TIME ZONE 'UTC' END, NULL
FROM action_report WHERE status IN ('draft', 'changes_requested', 'submitted', 'in_review', 'cleared')"""
_PARTS = f"""
SELECT e.id, 'delegations', d.id, d.record
FROM (SELECT id, account_id, {json_of(f"{RECORD} report_id account_id sections due_on")} AS record
        FROM action_delegation) d
    JOIN member_published_expert e ON e.account_id = d.account_id
UNION ALL
SELECT c.person, 'reports', r.id, {json_of("id ref status country programme_id period_id")}
    || jsonb_build_object('contributors', (SELECT jsonb_agg(one) FROM jsonb_array_elements(contributors) one
        WHERE one -> 'person' ->> 'expert_id' = c.person::text))
FROM action_report r, unnest(r.expert_ids) c (person)"""


def upgrade() -> None:
    for table, columns in _READ.items():
        run(f"""
CREATE POLICY {table}_documents ON {table} FOR SELECT TO {role("search")} USING (true)
--;
GRANT SELECT ({columns}) ON {table} TO {role("search")}
""")
    publish_documents("action", _KINDS, [*_sources(), _ANSWERED])
    _extend(_WORK, _OTHER_WORK, _STEPS, "access")
    _extend(_PERSONAL, _OTHER_PERSONAL, _PARTS, "membership")


def _extend(view: str, other: str, more: str, reader: str) -> None:
    run(f"""
ALTER VIEW {view} RENAME TO {other}
--;
CREATE VIEW {view} AS SELECT * FROM {other} UNION ALL {more}
""")
    grant(view, "SELECT", reader)


def _sources() -> list[str]:
    """The editions of schemes whose assessments and mappings name files as sources."""
    named = "source ->> 'evidence_id'"
    joined = {
        "action_scheme_state": "r.id = s.scheme_id",
        "action_scheme_mapping": "r.code = s.scheme AND r.status = 'current'",
    }
    return [
        f"""
SELECT (s.{named})::uuid AS evidence_id, 'actions.schemes' AS resource, r.id AS record_id, r.ref, r.country,
    r.visibility, r.status, r.id AS scope_id, '/actions/v1/schemes/' || r.id AS link
FROM {table} s JOIN action_scheme r ON {on} WHERE s.{named} IS NOT NULL AND {readable_row("r")}"""
        for table, on in joined.items()
    ]


def downgrade() -> None:
    for view, other in ((_WORK, _OTHER_WORK), (_PERSONAL, _OTHER_PERSONAL)):
        run(f"""
DROP VIEW {view}
--;
ALTER VIEW {other} RENAME TO {view}
""")
    publish_documents("action", _KINDS, _sources())
    for table, columns in _READ.items():
        run(f"""
DROP POLICY {table}_documents ON {table}
--;
REVOKE SELECT ({columns}) ON {table} FROM {role("search")}
""")
