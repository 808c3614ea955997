"""References of actions that followed a merge, and what finds them."""

from migrations.rules import grant, index_beside_writers, reference_moves, role, run

revision = "actions_0007"
down_revision = "centres_0003"


def upgrade() -> None:
    reference_moves("action", "actions")
    grant("action_published_focal_point", "SELECT", "membership")
    index_beside_writers("action_action_participants_idx", "action_action USING gin (participants jsonb_path_ops)")


def downgrade() -> None:
    run("DROP INDEX action_action_participants_idx")
    run(f"REVOKE SELECT ON action_published_focal_point FROM {role('membership')}")
    run("DROP TABLE action_reference_move")
