"""Templates of what centres report and apply with. They belong to no country."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run, setting

revision = "0055_centres_report_templates"
down_revision = "0054_centres_directors"

_HAS_CONTEXT = f"{setting('countries')} IS NOT NULL"
"""Sandbox clients see no visibility, only countries; nobody reads without a context."""
_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"


def upgrade() -> None:
    columns = record_columns("draft|active|retired").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE centre_report_template ({columns}
    kind text NOT NULL CHECK (kind IN ('application', 'annual_report', 'final_report', 'evaluation')),
    template_version text NOT NULL,
    titles jsonb NOT NULL,
    sections jsonb NOT NULL,
    CONSTRAINT centre_report_template_version_key UNIQUE (kind, template_version)
)
--;
CREATE UNIQUE INDEX centre_report_template_active_idx ON centre_report_template (kind) WHERE status = 'active'
""")
    reference_numbers("centre_report_template", "RTP", "centres")
    country_scoped("centre_report_template", "centres")
    run(f"""
CREATE POLICY centre_report_template_public ON centre_report_template FOR SELECT
    USING (visibility = 'public' AND {_HAS_CONTEXT})
""")


def downgrade() -> None:
    run("""
DROP TABLE centre_report_template
--;
DROP SEQUENCE centre_report_template_ref_seq
""")
