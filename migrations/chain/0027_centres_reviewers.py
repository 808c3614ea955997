"""Invitations to review centres, and the steps that applicants and reviewers take, for the work list."""

from migrations.rules import RECORD, country_scoped, grant, json_of, record_columns, reference_numbers, role, run

revision = "0027_centres_reviewers"
down_revision = "0026_membership_retention"

_STATES = "invited|accepted|completed|declined|replaced|ended"
_OFFICE = {
    "submitted": "accept_complete",
    "under_review": "recommend",
    "awaiting_agreement": "designate",
    "renewal_review": "renew",
}
_APPLICANT = {"draft": "submit", "info_requested": "resubmit", "renewal_due": "submit_renewal"}
_REVIEWERS = f"""
    UNION ALL
    SELECT expert_id, 'reviewers', id,
        {json_of(f"{RECORD} centre_id centre_names expert_id due conflict_of_interest conflict replaced_by")}
    FROM centre_reviewer"""


def upgrade() -> None:
    run(f"""
CREATE TABLE centre_reviewer ({record_columns(_STATES)}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    centre_names jsonb NOT NULL,
    expert_id uuid NOT NULL,
    due date NOT NULL,
    conflict_of_interest boolean,
    conflict text,
    replaced_by uuid,
    reminded_on date NOT NULL
)
--;
CREATE INDEX centre_reviewer_centre_idx ON centre_reviewer (centre_id, id)
--;
CREATE INDEX centre_reviewer_expert_idx ON centre_reviewer (expert_id)
--;
CREATE INDEX centre_reviewer_country_idx ON centre_reviewer (country, status, id)
--;
CREATE INDEX centre_reviewer_due_idx ON centre_reviewer (due) WHERE status IN ('invited', 'accepted')
""")
    reference_numbers("centre_reviewer", "RVR", "centres")
    country_scoped("centre_reviewer", "centres", record="expert_id")
    grant("core_mail_token", "SELECT, UPDATE (used_by)", "centres")
    run(f"""
ALTER TABLE core_mail_token ENABLE ROW LEVEL SECURITY
--;
CREATE POLICY core_mail_token_membership ON core_mail_token TO {role("membership")} USING (true)
--;
CREATE POLICY core_mail_token_centres ON core_mail_token TO {role("centres")} USING (purpose = 'review')
--;
CREATE VIEW centre_published_reviewer AS
    SELECT id, ref, version, country, status, visibility, centre_id, centre_names, expert_id, due, conflict_of_interest
    FROM centre_reviewer
""")
    grant("centre_published_reviewer", "SELECT", "membership", "access")
    _personal(_REVIEWERS)
    _work(
        f"""
    SELECT 'centres.centres' AS resource, id, ref, country, {_verbs(_OFFICE | _APPLICANT)} AS verb,
        CASE status WHEN 'renewal_due' THEN {_last_second("term_ends")} ELSE clock_target END AS due,
        NULL::uuid AS account_id, host_institution_id AS institution_id, created_by AS entered_by
    FROM centre_centre WHERE status IN ({_names(_OFFICE | _APPLICANT)})
    UNION ALL
    SELECT 'centres.committees', id, ref, country, 'recognise', NULL, NULL, NULL, NULL
    FROM centre_committee WHERE status = 'recognition_review'
    UNION ALL
    SELECT 'centres.reviewers', r.id, r.ref, r.country, CASE r.status WHEN 'invited' THEN 'accept' ELSE 'review' END,
        {_last_second("r.due")}, e.account_id, NULL, NULL
    FROM centre_reviewer r JOIN member_published_expert e ON e.id = r.expert_id
    WHERE r.status IN ('invited', 'accepted') AND r.conflict_of_interest IS NOT TRUE AND e.account_id IS NOT NULL"""
    )


def _names(steps: dict[str, str]) -> str:
    return ", ".join(f"'{status}'" for status in steps)


def _verbs(steps: dict[str, str]) -> str:
    pairs = " ".join(f"WHEN '{status}' THEN '{verb}'" for status, verb in steps.items())
    return f"CASE status {pairs} END"


def _last_second(day: str) -> str:
    return f"({day} + time '23:59:59') AT TIME ZONE 'UTC'"


def _work(query: str) -> None:
    run(f"""
DROP VIEW centre_published_work
--;
CREATE VIEW centre_published_work AS {query}
""")
    grant("centre_published_work", "SELECT", "access")


def _personal(reviewers: str) -> None:
    """What centres stores about experts, for an export of everything about one."""
    seat = json_of(f"{RECORD} committee_id expert_id office starts ends")
    review = json_of(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")
    run(f"""
DROP VIEW centre_published_personal
--;
CREATE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id, {seat} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id, {review}
    FROM centre_review{reviewers}
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {json_of("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL
""")
    grant("centre_published_personal", "SELECT", "membership")


def downgrade() -> None:
    _personal("")
    _work(f"""
    SELECT 'centres.centres' AS resource, id, ref, country, {_verbs(_OFFICE)} AS verb, clock_target AS due,
        NULL::uuid AS account_id
    FROM centre_centre WHERE status IN ({_names(_OFFICE)})
    UNION ALL
    SELECT 'centres.committees' AS resource, id, ref, country, 'recognise' AS verb, NULL::timestamptz AS due,
        NULL::uuid AS account_id
    FROM centre_committee WHERE status IN ('recognition_review')""")
    run(f"""
DROP POLICY core_mail_token_centres ON core_mail_token
--;
DROP POLICY core_mail_token_membership ON core_mail_token
--;
ALTER TABLE core_mail_token DISABLE ROW LEVEL SECURITY
--;
REVOKE SELECT, UPDATE (used_by) ON core_mail_token FROM {role("centres")}
--;
DROP VIEW centre_published_reviewer
--;
DROP TABLE centre_reviewer
--;
DROP SEQUENCE centre_reviewer_ref_seq
""")
