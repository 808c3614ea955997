"""Periods of frameworks, and their extensions for single countries.

Who enters a result locks its period without a grant to write it, so that no schedule closes it meanwhile: the policy
`action_period_lock` permits the lock and no change.
"""

from migrations.rules import country_scoped, record_columns, reference_numbers, run, setting

revision = "0040_actions_periods"
down_revision = "0039_actions_indicators"

_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_SHARED = f"country IS NULL AND visibility = 'public' AND {setting('countries')} IS NOT NULL"
"""What belongs to no country is part of the sandbox too, whose context has countries and no visibility."""


def upgrade() -> None:
    columns = record_columns("planned|open|closed|locked").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE action_period ({columns}
    framework text NOT NULL,
    code text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    opens_on date NOT NULL,
    due_on date NOT NULL,
    closes_on date,
    locks_on date,
    CONSTRAINT action_period_code_key UNIQUE (framework, code)
)
--;
CREATE TABLE action_extension (
    period_id uuid NOT NULL REFERENCES action_period (id),
    country text NOT NULL CHECK (country ~ '^[A-Z]{{2}}$'),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    until date NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (period_id, country)
)
""")
    reference_numbers("action_period", "PER", "actions")
    country_scoped("action_period", "actions")
    country_scoped("action_extension", "actions", record="period_id")
    run(f"""
CREATE POLICY action_period_lock ON action_period FOR UPDATE
    USING (visibility = ANY({setting("visibilities")})) WITH CHECK (false)
--;
CREATE POLICY action_period_shared ON action_period FOR SELECT USING ({_SHARED})
--;
CREATE POLICY action_indicator_shared ON action_indicator FOR SELECT USING ({_SHARED})
""")


def downgrade() -> None:
    run("""
DROP POLICY action_indicator_shared ON action_indicator
--;
DROP TABLE action_extension, action_period
--;
DROP SEQUENCE action_period_ref_seq
""")
