"""The stage of each country, derived from records and kept for lists."""

from migrations.rules import country_scoped, run

revision = "actions_0005"
down_revision = "actions_0004"


def upgrade() -> None:
    run("""
CREATE TABLE action_country_stage (
    country text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    id uuid NOT NULL UNIQUE,
    version integer NOT NULL,
    visibility text NOT NULL CHECK (visibility = 'public'),
    stage smallint NOT NULL CHECK (stage BETWEEN 0 AND 7),
    facts jsonb NOT NULL CHECK (jsonb_array_length(facts) = 7),
    updated_at timestamptz NOT NULL
)
""")
    country_scoped("action_country_stage", "actions")


def downgrade() -> None:
    run("DROP TABLE action_country_stage")
