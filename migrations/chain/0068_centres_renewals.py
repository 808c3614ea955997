"""Final reports of centres, and the steps of evaluations, final reports and conditions in the work list."""

from migrations.rules import grant, run

revision = "0068_centres_renewals"
down_revision = "0067_centres_evaluations"

_WORK, _OTHER_WORK = "centre_published_work", "centre_work_without_renewals"
_REPORT = "id, ref, version, country, status, visibility, centre_id, year, due"
_MATCHES = """
CREATE OR REPLACE FUNCTION centre_annual_report_matches(keys text[])
RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, split_part(key, ':', 2) AS centre, split_part(key, ':', 3) AS year
        FROM unnest(keys) AS k (key) WHERE key LIKE 'report:%' OFFSET 0) k
    JOIN centre_annual_report r ON r.centre_id = k.centre::uuid AND r.year = k.year::integer{more}
$$
"""
_CONFLICT = "e.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', m -> 'expert_id'))"
_SCORED = """EXISTS (
            SELECT FROM centre_evaluation_score s
            WHERE s.evaluation_id = e.id AND s.expert_id = (m ->> 'expert_id')::uuid)"""
_MEMBERS = "jsonb_array_elements(e.panel) m"
_NEITHER = "NULL::text AS taken_in, NULL::uuid AS own_id"
_EARLIEST = """(SELECT min((k ->> 'due')::date) AS due FROM jsonb_array_elements({row}.conditions) k
        WHERE k ->> 'met_on' IS NULL) open"""


def _last_second(day: str) -> str:
    return f"({day} + time '23:59:59') AT TIME ZONE 'UTC'"


_STEPS = f"""
SELECT 'centres.centres', c.id, c.ref, c.country, 'submit_renewal', {_last_second("c.term_ends")}, NULL,
    c.host_institution_id, c.created_by, c.id, NULL, NULL, c.names,
    NOT EXISTS (SELECT FROM centre_annual_report r JOIN centre_term t ON t.id = r.term_id
        WHERE t.centre_id = c.id AND t.status = 'current' AND r.kind = 'annual'
            AND r.period_ends < (now() AT TIME ZONE 'UTC')::date AND r.status NOT IN ('accepted', 'waived')), NULL,
    {_NEITHER}
FROM centre_centre c WHERE c.status = 'renewal_due'
UNION ALL
SELECT 'centres.annual_reports', r.id, r.ref, r.country,
    CASE r.status WHEN 'due' THEN 'start' WHEN 'draft' THEN 'submit' ELSE 'accept' END,
    CASE WHEN r.status <> 'submitted' THEN {_last_second("r.due")} END, NULL, NULL, NULL,
    r.centre_id, NULL, CASE r.status WHEN 'submitted' THEN r.submitted_by END, c.names,
    CASE r.status WHEN 'due' THEN
        EXISTS (SELECT FROM centre_report_template t WHERE t.kind = 'final_report' AND t.status = 'active')
    WHEN 'draft' THEN r.missing = 0 ELSE true END,
    CASE r.status WHEN 'draft' THEN r.documents || r.answered END, {_NEITHER}
FROM centre_annual_report r LEFT JOIN centre_centre c ON c.id = r.centre_id
WHERE r.kind = 'final' AND r.status IN ('due', 'draft', 'submitted')
UNION ALL
SELECT 'centres.evaluations', e.id, e.ref, e.country,
    CASE e.status WHEN 'planned' THEN 'start' ELSE 'complete' END,
    {_last_second("CASE e.status WHEN 'planned' THEN e.starts ELSE e.ends END")}, NULL, NULL, NULL,
    e.centre_id, NULL, NULL, c.names,
    CASE e.status WHEN 'planned' THEN
        2 <= (SELECT count(DISTINCT m ->> 'expert_id') FROM {_MEMBERS} WHERE NOT {_CONFLICT})
    ELSE e.report IS NOT NULL AND e.recommendation IS NOT NULL
        AND 2 <= (SELECT count(DISTINCT m ->> 'expert_id') FROM {_MEMBERS} WHERE NOT {_CONFLICT} AND {_SCORED}) END,
    CASE e.status WHEN 'in_progress' THEN jsonb_build_array(e.report) END, {_NEITHER}
FROM centre_evaluation e LEFT JOIN centre_centre c ON c.id = e.centre_id
WHERE e.status IN ('planned', 'in_progress')
UNION ALL
SELECT 'centres.evaluations', e.id, e.ref, e.country, 'score', {_last_second("e.ends")}, x.account_id, NULL, NULL,
    e.centre_id, NULL, NULL, c.names, true, NULL, {_NEITHER}
FROM centre_evaluation e CROSS JOIN LATERAL {_MEMBERS}
JOIN member_published_expert x ON x.id = (m ->> 'expert_id')::uuid
LEFT JOIN centre_centre c ON c.id = e.centre_id
WHERE e.status = 'in_progress' AND x.account_id IS NOT NULL AND NOT {_CONFLICT} AND NOT {_SCORED}
UNION ALL
SELECT 'centres.evaluations', e.id, e.ref, e.country, 'respond', {_last_second("e.completed_on + 60")},
    NULL, NULL, NULL, e.centre_id, NULL, NULL, c.names, true, NULL, {_NEITHER}
FROM centre_evaluation e LEFT JOIN centre_centre c ON c.id = e.centre_id
WHERE e.status = 'completed' AND e.response IS NULL AND e.completed_on >= (now() AT TIME ZONE 'UTC')::date - 60
UNION ALL
SELECT 'centres.evaluations', e.id, e.ref, e.country, 'meet_condition', {_last_second("open.due")}, NULL, NULL, NULL,
    e.centre_id, open.due + 1, NULL, c.names, true, NULL, {_NEITHER}
FROM centre_evaluation e LEFT JOIN centre_centre c ON c.id = e.centre_id CROSS JOIN LATERAL {_EARLIEST.format(row="e")}
WHERE e.status = 'completed' AND open.due IS NOT NULL
UNION ALL
SELECT 'centres.terms', t.id, t.ref, t.country, 'meet_condition', {_last_second("open.due")}, NULL, NULL, NULL,
    t.centre_id, open.due + 1, NULL, c.names, true, NULL, {_NEITHER}
FROM centre_term t LEFT JOIN centre_centre c ON c.id = t.centre_id CROSS JOIN LATERAL {_EARLIEST.format(row="t")}
WHERE t.status = 'current' AND open.due IS NOT NULL"""


def upgrade() -> None:
    run(f"""
ALTER TABLE centre_annual_report
    ADD COLUMN kind text NOT NULL DEFAULT 'annual' CHECK (kind IN ('annual', 'final')),
    DROP CONSTRAINT centre_annual_report_check1,
    ADD CONSTRAINT centre_annual_report_numbered
        CHECK (CASE kind WHEN 'annual' THEN (term_id IS NULL) = (number IS NULL)
            ELSE term_id IS NOT NULL AND number IS NULL END)
--;
CREATE UNIQUE INDEX centre_annual_report_final_key ON centre_annual_report (term_id) WHERE kind = 'final'
--;
CREATE OR REPLACE VIEW centre_published_annual_report AS SELECT {_REPORT}, kind FROM centre_annual_report
--;
{_MATCHES.format(more=" AND r.kind = 'annual'").strip()}
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK} w
    WHERE w.verb <> 'submit_renewal' AND w.id NOT IN (SELECT r.id FROM centre_annual_report r WHERE r.kind = 'final')
    UNION ALL {_STEPS}
""")
    grant(_WORK, "SELECT", "access", "centres")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
{_MATCHES.format(more="").strip()}
--;
DROP VIEW centre_published_annual_report
--;
CREATE VIEW centre_published_annual_report AS SELECT {_REPORT} FROM centre_annual_report
--;
DELETE FROM centre_annual_report WHERE kind = 'final'
--;
ALTER TABLE centre_annual_report
    DROP COLUMN kind,
    ADD CONSTRAINT centre_annual_report_check1 CHECK ((term_id IS NULL) = (number IS NULL))
""")
    grant("centre_published_annual_report", "SELECT", "access", "centres")
