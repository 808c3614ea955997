"""Assessments of programmes, actions, milestones and centres, and their counts."""

from migrations.documents import DocumentKind, close_documents, document_indexes, open_documents
from migrations.rules import (
    RECORD,
    counted,
    country_scoped,
    grant,
    index_beside_writers,
    json_of,
    record_columns,
    reference_numbers,
    role,
    run,
    setting,
)

revision = "0072_actions_assessments"
down_revision = "0071_actions_report_views"

_STATES = "draft|submitted|published|superseded|retracted"
_DOCUMENTS = DocumentKind("actions.assessments", "action_assessment", "evidence[]", "subject_id")
_DOCUMENT, _OTHER_DOCUMENT = "action_published_document", "action_document_without_assessments"
_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_assessments"
_WORK, _OTHER_WORK = "action_published_work", "action_work_without_assessments"
_USES = " UNION ALL ".join(
    f"SELECT centre_id FROM {table} WHERE centre_id IS NOT NULL"
    for table in ("action_programme", "action_target", "action_result", "action_support_request")
)
_ASSESSED = "SELECT subject_id FROM action_assessment WHERE subject_kind = 'centre'"
_CELL = "visibility, status, country, category"
_CATEGORY = "p.framework || ' ' || a.subject_kind || ' ' || a.completion || ' ' || p.code"
"""The framework of the period, the kind of subject, the completion and the code of the period, none of which contains a
space."""
_FIELDS = (
    f"{RECORD} subject_kind subject_id period_id completion assessor text date independent conflict_of_interest evidence"
    " reply_due reply replied_on published_on"
)


def upgrade() -> None:
    run(f"""
CREATE TABLE action_assessment ({record_columns(_STATES)}
    subject_kind text NOT NULL CHECK (subject_kind IN ('programme', 'action', 'milestone', 'centre')),
    subject_id uuid NOT NULL,
    period_id uuid NOT NULL REFERENCES action_period (id),
    completion text NOT NULL
        CHECK (completion IN ('no_evidence', 'not_started', 'limited', 'substantial', 'complete')),
    assessor jsonb NOT NULL,
    expert_id uuid,
    text jsonb NOT NULL,
    date date NOT NULL,
    independent boolean NOT NULL,
    conflict_of_interest boolean NOT NULL,
    evidence jsonb NOT NULL,
    reply_due date,
    reply jsonb,
    replied_on date,
    published_on date
)
--;
CREATE INDEX action_assessment_subject_idx ON action_assessment (subject_id, id)
--;
CREATE INDEX action_assessment_country_idx ON action_assessment (country, status, id)
--;
CREATE INDEX action_assessment_compared_idx
    ON action_assessment (country, subject_kind, subject_id, period_id, date DESC, id DESC)
    WHERE status = 'published' AND independent
--;
CREATE INDEX action_assessment_period_idx ON action_assessment (period_id, id)
--;
CREATE INDEX action_assessment_expert_idx ON action_assessment (expert_id) WHERE expert_id IS NOT NULL
""")
    reference_numbers("action_assessment", "ASM", "actions")
    country_scoped("action_assessment", "actions", record="subject_id")
    counted("action_assessment", _BODY)
    open_documents(_DOCUMENTS)
    _publish_documents()
    _publish_personal()
    _publish_work()
    run(f"CREATE OR REPLACE VIEW action_published_centre_use AS {_USES} UNION ALL {_ASSESSED}")
    for name, definition in document_indexes((_DOCUMENTS,)):
        index_beside_writers(name, definition)


def _rename(view: str, name: str) -> None:
    """Renames a view of `escm_search`."""
    run(f"""
GRANT CREATE ON SCHEMA escm TO {role("search")}
--;
SET LOCAL ROLE {role("search")}
--;
ALTER VIEW {view} RENAME TO {name}
--;
SET LOCAL ROLE {role("owner")}
--;
REVOKE CREATE ON SCHEMA escm FROM {role("search")}
""")


def _publish_documents() -> None:
    """Adds the documents of assessments, except drafts, to those that actions publishes."""
    readable = (
        f"r.visibility = ANY({setting('visibilities')}) OR r.country = ANY({setting('countries')})"
        f" OR r.subject_id::text = ANY({setting('records')})"
    )
    _rename(_DOCUMENT, _OTHER_DOCUMENT)
    run(f"""
CREATE VIEW {_DOCUMENT} AS SELECT * FROM {_OTHER_DOCUMENT} UNION ALL
SELECT e.id, 'actions.assessments', r.id, r.ref, r.country, r.visibility, r.status, r.subject_id,
    '/actions/v1/assessments/' || r.id
FROM action_published_evidence e
    JOIN action_assessment r ON r.evidence @> jsonb_build_array(jsonb_build_object('evidence_id', e.id))
WHERE r.status <> 'draft' AND ({readable})
""")
    grant(_DOCUMENT, "SELECT", "actions")
    run(f"""
GRANT CREATE ON SCHEMA escm TO {role("search")}
--;
ALTER VIEW {_DOCUMENT} OWNER TO {role("search")}
--;
REVOKE CREATE ON SCHEMA escm FROM {role("search")}
""")


def _publish_personal() -> None:
    """Adds the assessments of experts to what actions stores about them."""
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS SELECT * FROM {_OTHER_PERSONAL} UNION ALL
    SELECT expert_id, 'assessments', id, {json_of(_FIELDS)} FROM action_assessment WHERE expert_id IS NOT NULL
""")
    grant(_PERSONAL, "SELECT", "membership")


def _publish_work() -> None:
    """Adds drafts, which wait to be submitted, and submitted assessments, which wait for a reply and to be published."""
    columns = "'actions.assessments', id, ref, country"
    run(f"""
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT *, id AS scope_id, NULL::date AS first_day, NULL::text AS submitted_by FROM {_OTHER_WORK} UNION ALL
    SELECT {columns}, 'submit', NULL, NULL, subject_id, NULL, NULL FROM action_assessment WHERE status = 'draft'
    UNION ALL
    SELECT {columns}, 'reply', (reply_due + time '23:59:59') AT TIME ZONE 'UTC', NULL, subject_id, NULL, NULL
    FROM action_assessment WHERE status = 'submitted' AND replied_on IS NULL
    UNION ALL
    SELECT {columns}, 'publish', NULL, NULL, subject_id, CASE WHEN replied_on IS NULL THEN reply_due + 1 END, NULL
    FROM action_assessment WHERE status = 'submitted'
""")
    grant(_WORK, "SELECT", "access")


def _changes(*sources: tuple[str, int]) -> str:
    """The changes of counts by rows that are added and removed."""
    rows = " UNION ALL ".join(
        f"""SELECT a.visibility, a.status, a.country, {_CATEGORY} AS category, {n} AS n
            FROM {source} a JOIN escm.action_period p ON p.id = a.period_id"""
        for source, n in sources
    )
    return f"SELECT 'assessment', {_CELL}, sum(n) FROM ({rows}) change GROUP BY {_CELL} HAVING sum(n) <> 0"


_APPEND = f"INSERT INTO escm.core_count_delta (kind, {_CELL}, n)"
_BODY = f"""
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        {_APPEND} {_changes(("after", 1))};
    ELSIF TG_OP = 'DELETE' THEN
        {_APPEND} {_changes(("before", -1))};
    ELSE
        {_APPEND} {_changes(("after", 1), ("before", -1))};
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
"""


def downgrade() -> None:
    run(f"CREATE OR REPLACE VIEW action_published_centre_use AS {_USES}")
    for name, _ in document_indexes((_DOCUMENTS,)):
        run(f"DROP INDEX {name}")
    for view, other in ((_WORK, _OTHER_WORK), (_PERSONAL, _OTHER_PERSONAL)):
        run(f"DROP VIEW {view}")
        run(f"ALTER VIEW {other} RENAME TO {view}")
    run(f"DROP VIEW {_DOCUMENT}")
    _rename(_OTHER_DOCUMENT, _DOCUMENT)
    close_documents(_DOCUMENTS)
    run("""
DROP TABLE action_assessment
--;
DROP SEQUENCE action_assessment_ref_seq
--;
DROP FUNCTION action_assessment_counted()
""")
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"DELETE FROM {table} WHERE kind = 'assessment'")
