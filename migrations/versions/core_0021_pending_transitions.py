"""Steps of two that wait for a second person, with the country and visibility of their record."""

from migrations.rules import country_scoped, grant, run

revision = "core_0021"
down_revision = "core_0026"


def upgrade() -> None:
    run("""
CREATE TABLE core_pending_transition (
    id uuid PRIMARY KEY,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    record_ref text NOT NULL,
    record_version integer NOT NULL,
    action text NOT NULL,
    reason text,
    fields jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'declined', 'withdrawn', 'expired')),
    proposer_kind text NOT NULL,
    proposer_id uuid NOT NULL,
    proposer_owner uuid,
    second_person uuid,
    concerned uuid[] NOT NULL,
    country text,
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text
)
--;
CREATE UNIQUE INDEX core_pending_transition_open_idx ON core_pending_transition (record_id, action)
    WHERE status = 'pending'
--;
CREATE INDEX core_pending_transition_record_idx ON core_pending_transition (record_id)
--;
CREATE INDEX core_pending_transition_expires_idx ON core_pending_transition (expires_at) WHERE status = 'pending'
""")
    country_scoped("core_pending_transition", "access", record="record_id")
    grant("core_pending_transition", "SELECT, INSERT, UPDATE, DELETE", "membership", "centres", "actions")


def downgrade() -> None:
    run("DROP TABLE core_pending_transition")
