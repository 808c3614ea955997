"""Country programmes."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run

revision = "actions_0003"
down_revision = "actions_0002"

_PROGRAMME_STATES = "exploring|designing|plan_review|approved|implementing|paused|completed|discontinued"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_programme ({record_columns(_PROGRAMME_STATES)}
    framework text NOT NULL REFERENCES action_framework (code),
    committee_id uuid,
    centre_id uuid,
    lead_body_id uuid,
    waiver jsonb,
    started_on date,
    completed_on date
)
--;
CREATE INDEX action_programme_country_idx ON action_programme (country, status, id)
--;
CREATE INDEX action_programme_created_idx ON action_programme (created_at, id)
--;
CREATE INDEX action_programme_updated_idx ON action_programme (updated_at, id)
""")
    reference_numbers("action_programme", "PRG", "actions")
    country_scoped("action_programme", "actions")


def downgrade() -> None:
    run("""
DROP TABLE action_programme
--;
DROP SEQUENCE action_programme_ref_seq
""")
