"""Evaluations of centres by panels with their scores, and the conditions and decisions of terms. Nobody reads the
evaluations about which they have a conflict of interest, nor the scores of others before the completion."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import (
    RECORD,
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

revision = "0067_centres_evaluations"
down_revision = "0066_centres_meetings"

_REPORT = DocumentKind("centres.evaluations", "centre_evaluation", "report", "centre_id")
_DECISION = DocumentKind("centres.terms", "centre_term", "decision")
_EARLIER = (
    DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
    DocumentKind(
        "centres.centres",
        "centre_centre",
        "terms_of_reference work_plan host_letter final_report evaluation application_documents[] change_documents[]",
    ),
    DocumentKind("centres.agreements", "centre_agreement", "document"),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
    DocumentKind("centres.committee_meetings", "centre_committee_meeting", "minutes", "committee_id"),
)
_TERMS = DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan")
_TERMS_DECIDED = DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan decision")
_PERSONAL, _OTHER_PERSONAL = "centre_published_personal", "centre_personal_without_evaluations"
_RECOMMENDED = "recommendation IN ('renew', 'renew_with_conditions', 'not_renew')"
_NAMED = "(e.report ->> 'evidence_id')::uuid AS evidence_id"
_RECORD = "id, ref, version, country, status, visibility"
_MEMBERS = "centre_evaluation e CROSS JOIN LATERAL jsonb_array_elements(e.panel) member"


def upgrade() -> None:
    _evaluations()
    _scores()
    _views()
    _personal()
    run("""
ALTER TABLE centre_term
    ADD COLUMN conditions jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN decision jsonb,
    ADD COLUMN decision_id uuid REFERENCES centre_decision (id)
--;
CREATE INDEX centre_term_decision_idx ON centre_term (decision_id) WHERE decision_id IS NOT NULL
""")
    run(f"GRANT SELECT (decision) ON centre_term TO {role('search')}")
    open_documents(_REPORT)
    publish_documents("centre", (*_EARLIER, _TERMS_DECIDED), _reports())
    for name, definition in document_indexes((_REPORT, _DECISION)):
        index_beside_writers(name, definition)


def _evaluations() -> None:
    """The centre is a second scope: its director reads and answers what was completed."""
    read, write = setting("records"), setting("write_records")
    conflicted = f"""conflicts <> '[]' AND EXISTS (
    SELECT FROM jsonb_array_elements(conflicts) c WHERE c ->> 'expert_id' = ANY({read})
)"""
    run(f"""
CREATE TABLE centre_evaluation ({record_columns("planned|in_progress|completed|cancelled")}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    kind text NOT NULL CHECK (kind IN ('mid_term', 'renewal', 'special')),
    panel jsonb NOT NULL,
    criteria jsonb NOT NULL,
    starts date,
    ends date CHECK (ends >= starts),
    visit date,
    report jsonb,
    recommendation text CHECK ({_RECOMMENDED}),
    conditions jsonb NOT NULL,
    completed_on date CHECK ((completed_on IS NULL) = (status <> 'completed')),
    response text,
    responded_on date CHECK ((responded_on IS NULL) = (response IS NULL)),
    conflicts jsonb NOT NULL
)
--;
CREATE INDEX centre_evaluation_centre_idx ON centre_evaluation (centre_id, id)
--;
CREATE INDEX centre_evaluation_country_idx ON centre_evaluation (country, status, id)
--;
CREATE INDEX centre_evaluation_panel_idx ON centre_evaluation USING gin (panel jsonb_path_ops)
--;
CREATE INDEX centre_evaluation_conflicts_idx ON centre_evaluation USING gin (conflicts jsonb_path_ops)
""")
    reference_numbers("centre_evaluation", "EVA", "centres")
    country_scoped("centre_evaluation", "centres")
    run(f"""
CREATE POLICY centre_evaluation_centre_read ON centre_evaluation FOR SELECT USING (centre_id::text = ANY({read}))
--;
CREATE POLICY centre_evaluation_centre_update ON centre_evaluation FOR UPDATE
    USING (centre_id::text = ANY({write})) WITH CHECK (centre_id::text = ANY({write}))
--;
CREATE POLICY centre_evaluation_conflict ON centre_evaluation AS RESTRICTIVE FOR SELECT TO {role("centres")}
    USING (NOT ({conflicted}))
""")


def _scores() -> None:
    read, write = setting("records"), setting("write_records")
    evaluation = "EXISTS (SELECT FROM centre_evaluation e WHERE e.id = evaluation_id{more})"
    completed = evaluation.format(more=" AND e.status = 'completed'")
    may_write, owner = f"evaluation_id::text = ANY({write})", role("centres")
    run(f"""
CREATE TABLE centre_evaluation_score ({record_columns("recorded")}
    evaluation_id uuid NOT NULL REFERENCES centre_evaluation (id),
    expert_id uuid NOT NULL,
    scores jsonb NOT NULL,
    recommendation text CHECK ({_RECOMMENDED}),
    comment text,
    conflict_of_interest boolean NOT NULL
)
--;
CREATE INDEX centre_evaluation_score_evaluation_idx ON centre_evaluation_score (evaluation_id, expert_id)
--;
CREATE INDEX centre_evaluation_score_expert_idx ON centre_evaluation_score (expert_id)
""")
    reference_numbers("centre_evaluation_score", "EVS", "centres")
    country_scoped("centre_evaluation_score", "centres", record="expert_id")
    run(f"""
CREATE POLICY centre_evaluation_score_panel_read ON centre_evaluation_score FOR SELECT
    USING (evaluation_id::text = ANY({read}) AND {completed})
--;
CREATE POLICY centre_evaluation_score_panel_insert ON centre_evaluation_score FOR INSERT WITH CHECK ({may_write})
--;
CREATE POLICY centre_evaluation_score_panel_update ON centre_evaluation_score FOR UPDATE
    USING ({may_write}) WITH CHECK ({may_write})
--;
CREATE POLICY centre_evaluation_score_conflict ON centre_evaluation_score AS RESTRICTIVE FOR SELECT TO {owner}
    USING ({evaluation.format(more="")})
""")


def _views() -> None:
    run(f"""
CREATE VIEW centre_published_evaluation AS SELECT {_RECORD}, centre_id FROM centre_evaluation
--;
CREATE VIEW centre_published_evaluation_panel AS
    SELECT md5(e.id::text || (member ->> 'expert_id'))::uuid AS id, e.id AS evaluation_id, e.country, e.status,
        (member ->> 'expert_id')::uuid AS expert_id,
        e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', member -> 'expert_id')) AS is_conflicted
    FROM {_MEMBERS}
""")
    grant("centre_published_evaluation", "SELECT", "access")
    grant("centre_published_evaluation_panel", "SELECT", "access")


def _reports() -> tuple[str, str]:
    """The reports of evaluations for grants over the country or the evaluation, and for those over the centre once they
    are completed."""
    records, countries = setting("records"), setting("countries")
    row = "e.id AS record_id, e.ref, e.country, e.visibility, e.status"
    link = "'/centres/v1/evaluations/' || e.id AS link"

    def found(scope: str, condition: str) -> str:
        return f"""
SELECT {_NAMED}, 'centres.evaluations' AS resource, {row}, e.{scope} AS scope_id, {link}
FROM centre_evaluation e WHERE e.report ->> 'evidence_id' IS NOT NULL AND ({condition})"""

    whole = (
        f"e.country = ANY({countries}) OR e.id::text = ANY({records}) OR e.visibility = ANY({setting('visibilities')})"
    )
    of_centre = f"e.status = 'completed' AND e.centre_id::text = ANY({records})"
    return found("id", whole), found("centre_id", of_centre)


def _personal() -> None:
    """The panels that an expert is in, and the scores, in an export of everything about a person."""
    panel = json_of("id ref status country centre_id kind starts ends")
    scores = json_of(f"{RECORD} evaluation_id expert_id scores recommendation comment conflict_of_interest")
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT * FROM {_OTHER_PERSONAL}
    UNION ALL
    SELECT (member ->> 'expert_id')::uuid, 'evaluation_panels', e.id, {panel}
    FROM {_MEMBERS}
    UNION ALL
    SELECT expert_id, 'evaluation_scores', id, {scores}
    FROM centre_evaluation_score
""")
    grant(_PERSONAL, "SELECT", "membership")


def downgrade() -> None:
    for name, _ in document_indexes((_REPORT, _DECISION)):
        run(f"DROP INDEX {name}")
    publish_documents("centre", (*_EARLIER, _TERMS))
    close_documents(_REPORT)
    run(f"""
REVOKE SELECT (decision) ON centre_term FROM {role("search")}
--;
ALTER TABLE centre_term DROP COLUMN conditions, DROP COLUMN decision, DROP COLUMN decision_id
--;
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP VIEW centre_published_evaluation_panel, centre_published_evaluation
--;
DROP TABLE centre_evaluation_score
--;
DROP SEQUENCE centre_evaluation_score_ref_seq
--;
DROP TABLE centre_evaluation
--;
DROP SEQUENCE centre_evaluation_ref_seq
""")
