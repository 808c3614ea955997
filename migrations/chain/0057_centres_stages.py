"""The answers of applications, the clock of each file of a centre, and the stages that it has passed."""

from migrations.documents import DocumentKind, document_indexes, publish_documents
from migrations.rules import country_scoped, grant, index_beside_writers, role, run

revision = "0057_centres_stages"
down_revision = "0056_centres_annual_reports"

_CENTRES = "terms_of_reference work_plan host_letter final_report evaluation"
_ANSWERED = DocumentKind("centres.centres", "centre_centre", "application_documents[]")
_OTHERS = (
    DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan"),
    DocumentKind("centres.agreements", "centre_agreement", "document"),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
)
_OFFICE = {
    "submitted": "accept_complete",
    "under_review": "recommend",
    "awaiting_agreement": "designate",
    "renewal_review": "renew",
}
_APPLICANT = {"draft": "submit", "info_requested": "resubmit", "renewal_due": "submit_renewal"}
_TARGETS = {"submitted": 30, "under_review": 60, "awaiting_agreement": 30, "renewal_review": 60}
_HOLDER = """CASE
    WHEN status IN ('draft', 'info_requested', 'renewal_due') THEN 'applicant'
    WHEN status = 'under_review' AND (SELECT count(DISTINCT r.reviewer_id) FROM centre_review r
        WHERE r.centre_id = centre_centre.id AND NOT r.conflict_of_interest) < 2 THEN 'reviewers'
    WHEN status = 'awaiting_agreement' AND NOT (SELECT i.agreed FROM centre_designation_inputs(id) i) THEN 'host'
    WHEN status = 'awaiting_agreement' AND NOT EXISTS (SELECT FROM centre_consent(country) c WHERE c.level >= 2)
        THEN 'government'
    ELSE 'secretariat' END"""


def upgrade() -> None:
    run("""
ALTER TABLE centre_centre
    ADD COLUMN application_answers jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN application_documents jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN assignee uuid,
    ADD COLUMN clock_holder text
        CHECK (clock_holder IN ('applicant', 'secretariat', 'reviewers', 'host', 'government')),
    ADD COLUMN clock_days integer,
    ADD COLUMN clock_spent jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN clock_announced boolean NOT NULL DEFAULT false
--;
CREATE INDEX centre_centre_overdue_idx ON centre_centre (clock_target)
    WHERE clock_target IS NOT NULL AND NOT clock_announced
--;
CREATE TABLE centre_stage (
    id uuid PRIMARY KEY,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    country text NOT NULL,
    visibility text NOT NULL,
    version integer,
    stage text NOT NULL,
    holder text,
    entered_at timestamptz NOT NULL,
    left_at timestamptz,
    target_at timestamptz
)
--;
COMMENT ON COLUMN centre_stage.version IS
    'The version of the centre after the step that entered the stage; null where the file changed hands within it.'
--;
CREATE UNIQUE INDEX centre_stage_present_key ON centre_stage (centre_id) WHERE left_at IS NULL
--;
CREATE INDEX centre_stage_centre_idx ON centre_stage (centre_id, entered_at, id)
""")
    _fill()
    country_scoped("centre_stage", "centres", record="centre_id")
    _inputs("reviews integer, favourable integer, agreed boolean", _REVIEWS)
    _work("assignee", "CASE WHEN clock_holder <> 'applicant' THEN clock_target END")
    run("""
CREATE VIEW centre_published_clock AS SELECT id, country, status, clock_holder AS holder, assignee FROM centre_centre
""")
    grant("centre_published_clock", "SELECT", "access")
    run(f"GRANT SELECT (application_documents) ON centre_centre TO {role('search')}")
    _documents(f"{_CENTRES} application_documents[]")
    for name, definition in document_indexes((_ANSWERED,)):
        index_beside_writers(name, definition)


def _fill() -> None:
    """Each centre is in its present stage since its clock began, or since its last change."""
    waiting = ", ".join(f"'{status}'" for status in _OFFICE | _APPLICANT)
    days = " ".join(f"WHEN '{status}' THEN {days}" for status, days in _TARGETS.items())
    run(f"""
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE centre_centre SET clock_holder = {_HOLDER}, clock_since = coalesce(clock_since, updated_at),
    clock_days = CASE status {days} END
WHERE status IN ({waiting})
--;
UPDATE centre_centre SET clock_target = CASE WHEN status <> 'awaiting_agreement' OR clock_holder = 'secretariat'
    THEN clock_since + make_interval(days => clock_days) END
WHERE status IN ({waiting})
--;
INSERT INTO centre_stage (id, centre_id, country, visibility, stage, holder, entered_at, target_at)
SELECT uuidv7(), id, country, visibility, status, clock_holder, coalesce(clock_since, updated_at), clock_target
FROM centre_centre
""")


_COUNT = "SELECT count(DISTINCT r.reviewer_id)::integer FROM centre_review r WHERE r.centre_id = centre"
_FAVOURABLE = f"({_COUNT} AND r.recommendation = 'designate' AND NOT r.conflict_of_interest)"
_REVIEWS = f"({_COUNT} AND NOT r.conflict_of_interest), "


def _inputs(returns: str, reviews: str) -> None:
    """What the guards and the clock of a centre ask for, whatever the caller may see."""
    run(f"""
DROP FUNCTION centre_designation_inputs(uuid)
--;
CREATE FUNCTION centre_designation_inputs(centre uuid) RETURNS TABLE ({returns})
LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    RETURN QUERY SELECT {reviews}{_FAVOURABLE},
        EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = centre AND a.kind = 'host'
            AND a.status = 'in_force' AND (a.expires IS NULL OR a.expires >= (now() AT TIME ZONE 'UTC')::date));
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
--;
REVOKE EXECUTE ON FUNCTION centre_designation_inputs(uuid) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_designation_inputs(uuid) TO {role("centres")}
""")


def _names(steps: dict[str, str]) -> str:
    return ", ".join(f"'{status}'" for status in steps)


def _last_second(day: str) -> str:
    return f"({day} + time '23:59:59') AT TIME ZONE 'UTC'"


def _work(assignee: str, target: str) -> None:
    """The work list: a step of the office waits for whoever is assigned to the file, if somebody is."""
    steps = _OFFICE | _APPLICANT
    verbs = " ".join(f"WHEN '{status}' THEN '{verb}'" for status, verb in steps.items())
    run(f"""
CREATE OR REPLACE VIEW centre_published_work AS
    SELECT 'centres.centres' AS resource, id, ref, country, CASE status {verbs} END AS verb,
        CASE status WHEN 'renewal_due' THEN {_last_second("term_ends")} ELSE {target} END AS due,
        CASE WHEN status IN ({_names(_OFFICE)}) THEN {assignee} END AS account_id,
        host_institution_id AS institution_id, created_by AS entered_by
    FROM centre_centre WHERE status IN ({_names(steps)})
    UNION ALL
    SELECT 'centres.committees', id, ref, country, 'recognise', NULL, NULL, NULL, NULL
    FROM centre_committee WHERE status = 'recognition_review'
    UNION ALL
    SELECT 'centres.reviewers', r.id, r.ref, r.country, CASE r.status WHEN 'invited' THEN 'accept' ELSE 'review' END,
        {_last_second("r.due")}, e.account_id, NULL, NULL
    FROM centre_reviewer r JOIN member_published_expert e ON e.id = r.expert_id
    WHERE r.status IN ('invited', 'accepted') AND r.conflict_of_interest IS NOT TRUE AND e.account_id IS NOT NULL
""")


def _documents(of_centres: str) -> None:
    committees = DocumentKind("centres.committees", "centre_committee", "decision bylaws")
    centres = DocumentKind("centres.centres", "centre_centre", of_centres)
    publish_documents("centre", (committees, centres, *_OTHERS))


def downgrade() -> None:
    for name, _ in document_indexes((_ANSWERED,)):
        run(f"DROP INDEX {name}")
    _documents(_CENTRES)
    _work("NULL::uuid", "clock_target")
    _inputs("favourable integer, agreed boolean", "")
    run("""
DROP VIEW centre_published_clock
--;
DROP TABLE centre_stage
--;
ALTER TABLE centre_centre
    DROP COLUMN application_answers,
    DROP COLUMN application_documents,
    DROP COLUMN assignee,
    DROP COLUMN clock_holder,
    DROP COLUMN clock_days,
    DROP COLUMN clock_spent,
    DROP COLUMN clock_announced
""")
