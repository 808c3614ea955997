"""Actions and their milestones."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run

revision = "actions_0004"
down_revision = "actions_0003"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_action ({record_columns("proposed|planned|in_progress|finalising|closed|suspended|cancelled")}
    programme_id uuid NOT NULL REFERENCES action_programme (id),
    pillar text NOT NULL CHECK (pillar IN ('core', 'action-1', 'action-2', 'action-3')),
    kind text NOT NULL CHECK (kind IN ('action', 'research_project')),
    titles jsonb NOT NULL,
    planned_start date,
    planned_end date,
    actual_start date,
    actual_end date,
    participants jsonb NOT NULL,
    tags jsonb NOT NULL,
    budget jsonb,
    baseline jsonb,
    previous_status text,
    search_key text NOT NULL,
    CHECK (planned_end >= planned_start),
    CHECK (status NOT IN ('in_progress', 'finalising', 'closed') OR actual_start IS NOT NULL)
)
--;
CREATE INDEX action_action_country_idx ON action_action (country, status, id)
--;
CREATE INDEX action_action_programme_idx ON action_action (programme_id)
--;
CREATE INDEX action_action_created_idx ON action_action (created_at, id)
--;
CREATE INDEX action_action_updated_idx ON action_action (updated_at, id)
--;
CREATE TABLE action_milestone ({record_columns("pending|in_progress|claimed|done|dropped")}
    action_id uuid NOT NULL REFERENCES action_action (id),
    titles jsonb NOT NULL,
    due date NOT NULL,
    first_due date NOT NULL,
    due_reason text,
    weight double precision NOT NULL CHECK (weight > 0),
    deliverable jsonb,
    evidence_required jsonb NOT NULL,
    evidence jsonb,
    claimed_by text,
    claimed_on date,
    verified_on date,
    search_key text NOT NULL,
    CHECK (due = first_due OR due_reason IS NOT NULL),
    CHECK (status NOT IN ('claimed', 'done') OR claimed_on IS NOT NULL),
    CHECK (status <> 'done' OR verified_on IS NOT NULL)
)
--;
CREATE INDEX action_milestone_country_idx ON action_milestone (country, status, id)
--;
CREATE INDEX action_milestone_action_idx ON action_milestone (action_id)
--;
CREATE INDEX action_milestone_due_idx ON action_milestone (due) WHERE status IN ('pending', 'in_progress', 'claimed')
--;
CREATE INDEX action_milestone_created_idx ON action_milestone (created_at, id)
--;
CREATE INDEX action_milestone_updated_idx ON action_milestone (updated_at, id)
""")
    reference_numbers("action_action", "ACT", "actions")
    reference_numbers("action_milestone", "MIL", "actions")
    country_scoped("action_action", "actions")
    country_scoped("action_milestone", "actions")


def downgrade() -> None:
    run("""
DROP TABLE action_milestone
--;
DROP TABLE action_action
--;
DROP SEQUENCE action_milestone_ref_seq
--;
DROP SEQUENCE action_action_ref_seq
""")
