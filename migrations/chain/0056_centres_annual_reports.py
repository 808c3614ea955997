"""Reports of centres, one for each year of a term."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import country_scoped, grant, index_beside_writers, record_columns, reference_numbers, role, run

revision = "0056_centres_annual_reports"
down_revision = "0055_centres_report_templates"

_EARLIER = (
    DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
    DocumentKind(
        "centres.centres", "centre_centre", "terms_of_reference work_plan host_letter final_report evaluation"
    ),
    DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan"),
    DocumentKind("centres.agreements", "centre_agreement", "document"),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
)
_REPORTS = DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id")


def upgrade() -> None:
    run(f"""
CREATE TABLE centre_annual_report ({record_columns("due|draft|submitted|accepted|waived")}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    term_id uuid REFERENCES centre_term (id),
    number integer CHECK (number > 0),
    year integer NOT NULL,
    period_starts date NOT NULL,
    period_ends date NOT NULL CHECK (period_ends >= period_starts),
    due date NOT NULL,
    template_id uuid REFERENCES centre_report_template (id),
    template_version text,
    answers jsonb NOT NULL,
    figures jsonb NOT NULL,
    public_answers jsonb NOT NULL,
    public_figures jsonb NOT NULL,
    documents jsonb NOT NULL,
    answered jsonb NOT NULL,
    prefilled text[] NOT NULL,
    required integer NOT NULL,
    missing integer NOT NULL,
    comments jsonb NOT NULL,
    submitted_on date,
    submitted_by text,
    accepted_on date,
    announced text CHECK (announced IN ('yellow', 'red')),
    CHECK ((term_id IS NULL) = (number IS NULL))
)
--;
CREATE UNIQUE INDEX centre_annual_report_year_key ON centre_annual_report (centre_id, year)
    WHERE term_id IS NULL
--;
CREATE UNIQUE INDEX centre_annual_report_number_key ON centre_annual_report (term_id, number)
    WHERE term_id IS NOT NULL
--;
CREATE INDEX centre_annual_report_centre_idx ON centre_annual_report (centre_id, period_ends)
--;
CREATE INDEX centre_annual_report_template_idx ON centre_annual_report (template_id) WHERE template_id IS NOT NULL
--;
CREATE INDEX centre_annual_report_country_idx ON centre_annual_report (country, status, id)
--;
CREATE INDEX centre_annual_report_due_idx ON centre_annual_report (due, id)
--;
CREATE INDEX centre_annual_report_awaited_idx ON centre_annual_report (due, id) WHERE status IN ('due', 'draft')
""")
    reference_numbers("centre_annual_report", "RPT", "centres")
    country_scoped("centre_annual_report", "centres", record="centre_id")
    run("""
CREATE VIEW centre_published_annual_report AS
    SELECT id, ref, version, country, status, visibility, centre_id
    FROM centre_annual_report
""")
    grant("centre_published_annual_report", "SELECT", "access")
    grant("centre_published_centre", "SELECT", "centres")
    open_documents(_REPORTS)
    publish_documents("centre", (*_EARLIER, _REPORTS))
    for name, definition in document_indexes((_REPORTS,)):
        index_beside_writers(name, definition)


def downgrade() -> None:
    for name, _ in document_indexes((_REPORTS,)):
        run(f"DROP INDEX {name}")
    publish_documents("centre", _EARLIER)
    close_documents(_REPORTS)
    run(f"""
REVOKE SELECT ON centre_published_centre FROM {role("centres")}
--;
DROP VIEW centre_published_annual_report
--;
DROP TABLE centre_annual_report
--;
DROP SEQUENCE centre_annual_report_ref_seq
""")
