"""References of actions that followed a merge, and what finds them."""

from migrations.rules import grant, index_beside_writers, role, run

revision = "actions_0007"
down_revision = "centres_0003"


def upgrade() -> None:
    run("""
CREATE TABLE action_reference_move (
    loser_id uuid NOT NULL,
    winner_id uuid NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    field text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    before uuid[] NOT NULL,
    after uuid[] NOT NULL,
    PRIMARY KEY (loser_id, resource, record_id, field)
)
--;
CREATE INDEX action_reference_move_winner_idx ON action_reference_move (winner_id)
""")
    grant("action_reference_move", "SELECT, INSERT, DELETE", "actions")
    grant("action_published_focal_point", "SELECT", "membership")
    index_beside_writers("action_action_participants_idx", "action_action USING gin (participants jsonb_path_ops)")


def downgrade() -> None:
    run("DROP INDEX action_action_participants_idx")
    run(f"REVOKE SELECT ON action_published_focal_point FROM {role('membership')}")
    run("DROP TABLE action_reference_move")
