"""Who stands behind a claim, how an endorsement was withdrawn, and on which days each fact of a country held."""

from alembic import op

from migrations.rules import country_scoped, run

revision = "actions_0010"
down_revision = "core_0030"


def upgrade() -> None:
    run("""
ALTER TABLE action_endorsement ADD COLUMN claimants uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN withdrawn_on date, ADD COLUMN withdrawal_reason text
--;
ALTER TABLE action_milestone ADD COLUMN claimants uuid[] NOT NULL DEFAULT '{}'
--;
CREATE TABLE action_country_fact (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility = 'public'),
    key text NOT NULL,
    link text NOT NULL,
    day date NOT NULL,
    starts date NOT NULL,
    ends date CHECK (ends >= starts)
)
--;
COMMENT ON TABLE action_country_fact IS
    'The days on which the facts of a country held: from starts until the day before ends. A row stays when its fact is lost.'
--;
COMMENT ON COLUMN action_country_fact.day IS
    'The day of the decision. A fact that was lost and is met again counts from a later day.'
--;
CREATE UNIQUE INDEX action_country_fact_open_key ON action_country_fact (country, key) WHERE ends IS NULL
--;
CREATE INDEX action_country_fact_country_idx ON action_country_fact (country, key)
""")
    country_scoped("action_country_fact", "actions")
    op.execute("SELECT set_config('escm.visibilities', 'public,network,restricted', true)")
    op.execute("SELECT set_config('escm.write_everywhere', 'on', true)")
    run("""
UPDATE action_endorsement SET claimants = ARRAY[substring(created_by from '[0-9a-f-]{36}$')::uuid]
WHERE created_by ~ ':[0-9a-f-]{36}$'
--;
UPDATE action_milestone SET claimants = ARRAY[substring(claimed_by from '[0-9a-f-]{36}$')::uuid]
WHERE claimed_by ~ ':[0-9a-f-]{36}$'
--;
INSERT INTO action_country_fact (country, key, link, day, starts)
SELECT s.country, f ->> 'key', f ->> 'link', (f ->> 'date')::date, (f ->> 'date')::date
FROM action_country_stage s CROSS JOIN LATERAL jsonb_array_elements(s.facts) f
WHERE (f ->> 'met')::boolean
""")


def downgrade() -> None:
    run("""
DROP TABLE action_country_fact
--;
ALTER TABLE action_milestone DROP COLUMN claimants
--;
ALTER TABLE action_endorsement DROP COLUMN claimants, DROP COLUMN withdrawn_on, DROP COLUMN withdrawal_reason
""")
