"""The steps of reports, agreements and seats in the work list, days of reminders, and proposals to suspend a centre."""

from collections.abc import Iterable
from typing import NamedTuple

from migrations.rules import grant, run

revision = "0061_centres_work"
down_revision = "0060_actions_support"

_STEPS = {
    "draft": "submit",
    "info_requested": "resubmit",
    "renewal_due": "submit_renewal",
    "submitted": "accept_complete",
    "under_review": "recommend",
    "awaiting_agreement": "designate",
    "renewal_review": "renew",
}
_OFFICE = "'submitted', 'under_review', 'awaiting_agreement', 'renewal_review'"
_STATES = ", ".join(f"'{status}'" for status in _STEPS)
_VERBS = " ".join(f"WHEN '{status}' THEN '{verb}'" for status, verb in _STEPS.items())
_REPORT = "id, ref, version, country, status, visibility, centre_id"
_PAPERS = "c.terms_of_reference, c.work_plan, c.host_letter"
_TODAY = "(now() AT TIME ZONE 'UTC')::date"


class _Rows(NamedTuple):
    """Rows of the view: `columns` from resource to entered_by; `more` are the record that a grant covers, the first day,
    who does not take the step, the titles, whether it is possible, and the documents whose files have to be available."""

    columns: str
    more: str
    source: str


def _last_second(day: str) -> str:
    return f"({day} + time '23:59:59') AT TIME ZONE 'UTC'"


_CENTRES = _Rows(
    f"""'centres.centres' AS resource, c.id, c.ref, c.country,
    CASE c.status {_VERBS} END AS verb,
    CASE c.status WHEN 'renewal_due' THEN {_last_second("c.term_ends")}
        ELSE CASE WHEN c.clock_holder <> 'applicant' THEN c.clock_target END END AS due,
    CASE WHEN c.status IN ({_OFFICE}) THEN c.assignee END AS account_id, c.host_institution_id AS institution_id, c.created_by AS entered_by""",
    f"""c.id AS scope_id, NULL::date AS first_day, NULL::text AS submitted_by, c.names AS titles,
    CASE WHEN c.status IN ('draft', 'info_requested') THEN
        num_nulls(c.unit, c.director_id, {_PAPERS}) = 0 AND NOT EXISTS (
            SELECT FROM centre_report_template t, jsonb_array_elements(t.sections) section,
                jsonb_array_elements(section -> 'questions') question
            WHERE t.kind = 'application' AND t.status = 'active' AND (question ->> 'required')::boolean
                AND NOT c.application_answers ? (question ->> 'key'))
    WHEN c.status = 'under_review' THEN
        2 <= (SELECT count(DISTINCT r.reviewer_id) FROM centre_review r
            WHERE r.centre_id = c.id AND r.recommendation = 'designate' AND NOT r.conflict_of_interest)
    WHEN c.status = 'awaiting_agreement' THEN
        EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = c.id AND a.kind = 'host'
            AND a.status = 'in_force' AND (a.expires IS NULL OR a.expires >= {_TODAY}))
    ELSE true END AS is_possible,
    CASE WHEN c.status IN ('draft', 'info_requested') THEN
        jsonb_build_array({_PAPERS}) || c.application_documents END AS documents""",
    f"centre_centre c WHERE c.status IN ({_STATES})",
)
_COMMITTEES = _Rows(
    "'centres.committees', m.id, m.ref, m.country, 'recognise', NULL, NULL, NULL, NULL",
    "m.id, NULL, NULL, m.names, true, jsonb_build_array(m.decision, m.bylaws)",
    "centre_committee m WHERE m.status = 'recognition_review'",
)
_REVIEWERS = _Rows(
    f"""'centres.reviewers', r.id, r.ref, r.country, CASE r.status WHEN 'invited' THEN 'accept' ELSE 'review' END,
    {_last_second("r.due")}, e.account_id, NULL, NULL""",
    "r.id, NULL, NULL, r.centre_names, true, NULL",
    """centre_reviewer r JOIN member_published_expert e ON e.id = r.expert_id
    WHERE r.status IN ('invited', 'accepted') AND r.conflict_of_interest IS NOT TRUE AND e.account_id IS NOT NULL""",
)
_PROPOSALS = _Rows(
    f"""'centres.centres', c.id, c.ref, c.country, 'suspend', {_last_second("t.suspension_proposed_on")},
    NULL, NULL, NULL""",
    "c.id, NULL, NULL, c.names, true, NULL",
    """centre_term t JOIN centre_centre c ON c.id = t.centre_id
    WHERE t.status = 'current' AND t.suspension_proposed_on IS NOT NULL
        AND c.status IN ('active', 'renewal_due', 'renewal_review')
        AND EXISTS (SELECT FROM centre_annual_report r
            WHERE r.term_id = t.id AND r.announced = 'red' AND r.status IN ('due', 'draft'))""",
)
_LENGTH = "CASE length(s.ends) WHEN 4 THEN interval '1 year' WHEN 7 THEN interval '1 month' ELSE interval '1 day' END"
_SEATS = _Rows(
    f"""'centres.seats', s.id, s.ref, s.country, 'end',
    {_last_second(f"(rpad(s.ends, 10, '-01-01')::date - 1 + {_LENGTH})::date")}, NULL, NULL, NULL""",
    "s.id, rpad(s.ends, 10, '-01-01')::date - 90, NULL, m.names, true, NULL",
    """centre_seat s LEFT JOIN centre_committee m ON m.id = s.committee_id
    WHERE s.status = 'appointed' AND s.ends IS NOT NULL""",
)
_REPORTS = _Rows(
    f"""'centres.annual_reports', r.id, r.ref, r.country,
    CASE r.status WHEN 'due' THEN 'start' WHEN 'draft' THEN 'submit' ELSE 'accept' END,
    CASE WHEN r.status <> 'submitted' THEN {_last_second("r.due")} END, NULL, NULL, NULL""",
    """r.centre_id, CASE r.status WHEN 'due' THEN r.period_ends - 90 END,
    CASE r.status WHEN 'submitted' THEN r.submitted_by END, c.names,
    CASE r.status WHEN 'due' THEN
        EXISTS (SELECT FROM centre_report_template t WHERE t.kind = 'annual_report' AND t.status = 'active')
    WHEN 'draft' THEN r.missing = 0 ELSE true END,
    CASE r.status WHEN 'draft' THEN r.documents || r.answered END""",
    """centre_annual_report r LEFT JOIN centre_centre c ON c.id = r.centre_id
    WHERE r.status IN ('due', 'draft', 'submitted')""",
)
_AGREEMENTS = _Rows(
    f"""'centres.agreements', a.id, a.ref, a.country,
    CASE a.status WHEN 'drafting' THEN 'send' WHEN 'in_force' THEN 'terminate' ELSE 'sign' END,
    {_last_second("a.expires")}, NULL, NULL, NULL""",
    "a.centre_id, CASE a.status WHEN 'in_force' THEN a.expires - 90 END, NULL, c.names, true, NULL",
    """centre_agreement a LEFT JOIN centre_centre c ON c.id = a.centre_id
    WHERE a.status IN ('drafting', 'in_negotiation', 'partly_signed')
        OR (a.status = 'in_force' AND a.expires IS NOT NULL)""",
)
_KEPT = (_CENTRES, _COMMITTEES, _REVIEWERS)


def upgrade() -> None:
    run("""
ALTER TABLE centre_term ADD COLUMN suspension_proposed_on date
--;
ALTER TABLE centre_centre ADD COLUMN reminded_on date
--;
ALTER TABLE centre_annual_report ADD COLUMN reminded_on date
""")
    kinds = (*_KEPT, _PROPOSALS, _SEATS, _REPORTS, _AGREEMENTS)
    _work((f"SELECT {one.columns}, {one.more} FROM {one.source}" for one in kinds), "access", "centres")
    _reports(f"{_REPORT}, year, due")
    grant("centre_published_annual_report", "SELECT", "centres")


def _work(rows: Iterable[str], *readers: str) -> None:
    run(f"""
DROP VIEW centre_published_work
--;
CREATE VIEW centre_published_work AS {" UNION ALL ".join(rows)}
""")
    grant("centre_published_work", "SELECT", *readers)


def _reports(columns: str) -> None:
    run(f"""
DROP VIEW centre_published_annual_report
--;
CREATE VIEW centre_published_annual_report AS SELECT {columns} FROM centre_annual_report
""")
    grant("centre_published_annual_report", "SELECT", "access")


def downgrade() -> None:
    _reports(_REPORT)
    _work((f"SELECT {one.columns} FROM {one.source}" for one in _KEPT), "access")
    run("""
ALTER TABLE centre_annual_report DROP COLUMN reminded_on
--;
ALTER TABLE centre_centre DROP COLUMN reminded_on
--;
ALTER TABLE centre_term DROP COLUMN suspension_proposed_on
""")
