"""Progress reports of country programmes with their templates, sections, delegations and comments."""

from migrations.rules import (
    counted,
    country_scoped,
    grant,
    index_beside_writers,
    record_columns,
    reference_numbers,
    run,
    setting,
)

revision = "0070_actions_reports"
down_revision = "0069_centres_registrations"

_STATES = "draft|submitted|in_review|changes_requested|cleared|published|superseded|retracted|discarded"
_OPEN = "'draft', 'submitted', 'in_review', 'changes_requested', 'cleared'"
_HAS_CONTEXT = f"{setting('countries')} IS NOT NULL"
"""Sandbox clients see no visibility, only countries; nobody reads without a context."""
_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"


def upgrade() -> None:
    _templates()
    _reports()
    _sections()
    _parts()
    counted("action_report", _COUNTING)
    index_beside_writers(
        "action_report_section_answered_evidence_idx",
        "action_report_section USING gin (answered jsonb_path_ops) WITH (fastupdate = off)",
    )


def _templates() -> None:
    columns = record_columns("draft|active|retired").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE action_report_template ({columns}
    framework text NOT NULL,
    template_version text NOT NULL,
    titles jsonb NOT NULL,
    sections jsonb NOT NULL,
    CONSTRAINT action_report_template_version_key UNIQUE (framework, template_version)
)
--;
CREATE UNIQUE INDEX action_report_template_active_idx ON action_report_template (framework) WHERE status = 'active'
""")
    reference_numbers("action_report_template", "PRT", "actions")
    country_scoped("action_report_template", "actions")
    run(f"""
CREATE POLICY action_report_template_public ON action_report_template FOR SELECT
    USING (visibility = 'public' AND {_HAS_CONTEXT})
""")


def _reports() -> None:
    run(f"""
CREATE TABLE action_report ({record_columns(_STATES)}
    programme_id uuid NOT NULL REFERENCES action_programme (id),
    period_id uuid NOT NULL REFERENCES action_period (id),
    template_id uuid NOT NULL REFERENCES action_report_template (id),
    prefill text NOT NULL CHECK (prefill IN ('previous', 'none')),
    due_on date NOT NULL,
    replaces_id uuid REFERENCES action_report (id),
    contributors jsonb NOT NULL,
    expert_ids uuid[] NOT NULL,
    authors uuid[] NOT NULL,
    figures jsonb,
    submitted_at timestamptz,
    published_at timestamptz,
    superseded_by uuid REFERENCES action_report (id),
    announced text CHECK (announced IN ('yellow', 'red')),
    reminded_on date
)
--;
CREATE UNIQUE INDEX action_report_open_key ON action_report (programme_id, period_id) WHERE status IN ({_OPEN})
--;
CREATE UNIQUE INDEX action_report_current_key ON action_report (programme_id, period_id) WHERE status = 'published'
--;
CREATE INDEX action_report_programme_idx ON action_report (programme_id, id)
--;
CREATE INDEX action_report_period_idx ON action_report (period_id, id)
--;
CREATE INDEX action_report_template_idx ON action_report (template_id)
--;
CREATE INDEX action_report_replaces_idx ON action_report (replaces_id) WHERE replaces_id IS NOT NULL
--;
CREATE INDEX action_report_superseded_idx ON action_report (superseded_by) WHERE superseded_by IS NOT NULL
--;
CREATE INDEX action_report_country_idx ON action_report (country, status, id)
--;
CREATE INDEX action_report_due_idx ON action_report (due_on, id)
--;
CREATE INDEX action_report_awaited_idx ON action_report (due_on, id)
    WHERE status IN ('draft', 'changes_requested') AND replaces_id IS NULL
--;
CREATE INDEX action_report_experts_idx ON action_report USING gin (expert_ids)
""")
    reference_numbers("action_report", "PRR", "actions")
    country_scoped("action_report", "actions")


def _sections() -> None:
    run(f"""
CREATE TABLE action_report_section ({record_columns("recorded")}
    report_id uuid NOT NULL REFERENCES action_report (id),
    key text NOT NULL,
    item text,
    position integer NOT NULL,
    state text NOT NULL CHECK (state IN ('empty', 'draft', 'done')),
    answers jsonb NOT NULL,
    codes jsonb NOT NULL,
    prefilled text[] NOT NULL,
    confirmed boolean NOT NULL,
    authors uuid[] NOT NULL,
    answered jsonb NOT NULL
)
--;
CREATE UNIQUE INDEX action_report_section_key ON action_report_section (report_id, key, coalesce(item, ''))
--;
CREATE INDEX action_report_section_report_idx ON action_report_section (report_id, position)
""")
    reference_numbers("action_report_section", "PRS", "actions")
    country_scoped("action_report_section", "actions", record="report_id")


def _parts() -> None:
    run(f"""
CREATE TABLE action_delegation ({record_columns("active|ended")}
    report_id uuid NOT NULL REFERENCES action_report (id),
    account_id uuid NOT NULL,
    sections text[] NOT NULL CHECK (sections <> '{{}}'),
    due_on date
)
--;
CREATE INDEX action_delegation_report_idx ON action_delegation (report_id, id)
--;
CREATE INDEX action_delegation_account_idx ON action_delegation (account_id, id)
--;
CREATE INDEX action_delegation_country_idx ON action_delegation (country, status, id)
--;
CREATE TABLE action_report_comment ({record_columns("open|answered|resolved")}
    report_id uuid NOT NULL REFERENCES action_report (id),
    section text NOT NULL,
    item text,
    text text NOT NULL,
    must_answer boolean NOT NULL,
    answer text
)
--;
CREATE INDEX action_report_comment_report_idx ON action_report_comment (report_id, id)
--;
CREATE INDEX action_report_comment_country_idx ON action_report_comment (country, status, id)
--;
CREATE VIEW action_published_delegation AS
    SELECT id, ref, version, country, status, visibility, report_id, account_id, due_on FROM action_delegation
--;
CREATE VIEW action_published_report AS
    SELECT id, ref, version, country, status, visibility, programme_id, period_id, expert_ids FROM action_report
--;
CREATE VIEW action_published_report_comment AS
    SELECT id, ref, version, country, status, visibility, report_id FROM action_report_comment
""")
    for table, prefix in (("action_delegation", "DLG"), ("action_report_comment", "PRC")):
        reference_numbers(table, prefix, "actions")
        country_scoped(table, "actions", record="report_id")
    for view in ("delegation", "report", "report_comment"):
        grant(f"action_published_{view}", "SELECT", "access")


_CELL = "visibility, status, country, category"


def _changes(*sources: tuple[str, int]) -> str:
    """The changes of counts by rows that are added and removed, by framework and period."""
    rows = " UNION ALL ".join(
        f"""SELECT r.visibility, r.status, r.country, p.framework || ' ' || p.code AS category, {n} AS n
            FROM {source} r JOIN escm.action_period p ON p.id = r.period_id"""
        for source, n in sources
    )
    return f"""
        INSERT INTO escm.core_count_delta (kind, {_CELL}, n)
        SELECT 'report', {_CELL}, sum(n) FROM ({rows}) change GROUP BY {_CELL} HAVING sum(n) <> 0;"""


_COUNTING = f"""
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN {_changes(("after", 1))}
    ELSIF TG_OP = 'DELETE' THEN {_changes(("before", -1))}
    ELSE {_changes(("after", 1), ("before", -1))}
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
"""


def downgrade() -> None:
    run("""
DROP VIEW action_published_report_comment, action_published_report, action_published_delegation
--;
DROP TABLE action_report_comment, action_delegation, action_report_section, action_report, action_report_template
--;
DROP SEQUENCE action_report_comment_ref_seq, action_delegation_ref_seq, action_report_section_ref_seq,
    action_report_ref_seq, action_report_template_ref_seq
--;
DROP FUNCTION action_report_counted()
""")
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"DELETE FROM {table} WHERE kind = 'report'")
