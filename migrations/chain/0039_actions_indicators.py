"""Indicators: those of frameworks have no country."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run

revision = "0039_actions_indicators"
down_revision = "0038_actions_schemes"

_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"


def upgrade() -> None:
    columns = record_columns("draft|active|retired").replace(_COUNTRY, _COUNTRY.replace("NOT NULL ", ""))
    run(f"""
CREATE TABLE action_indicator ({columns}
    code text NOT NULL,
    titles jsonb NOT NULL,
    definition jsonb NOT NULL,
    framework text,
    level text NOT NULL,
    measure text NOT NULL,
    unit jsonb,
    scale jsonb NOT NULL,
    direction text NOT NULL,
    across text NOT NULL,
    over_time text NOT NULL,
    reported_by text NOT NULL CHECK (reported_by IN ('country', 'action', 'centre')),
    frequency text NOT NULL CHECK (frequency IN ('year', 'half_year', 'quarter', 'month')),
    pillar text,
    side text,
    codes jsonb NOT NULL,
    method jsonb NOT NULL,
    source text,
    replaces_id uuid REFERENCES action_indicator (id),
    disaggregations jsonb NOT NULL,
    valid_from date,
    valid_to date,
    search_key text NOT NULL,
    CONSTRAINT action_indicator_code_key UNIQUE NULLS NOT DISTINCT (code, country),
    CHECK ((framework IS NULL) <> (country IS NULL)),
    CHECK (replaces_id <> id)
)
--;
CREATE INDEX action_indicator_country_idx ON action_indicator (country, status, id)
--;
CREATE INDEX action_indicator_framework_idx ON action_indicator (framework, id)
--;
CREATE INDEX action_indicator_replaces_idx ON action_indicator (replaces_id) WHERE replaces_id IS NOT NULL
""")
    reference_numbers("action_indicator", "IND", "actions")
    country_scoped("action_indicator", "actions")


def downgrade() -> None:
    run("""
DROP TABLE action_indicator
--;
DROP SEQUENCE action_indicator_ref_seq
""")
