"""What a rewritten reference named before and after, so that an undone merge gives back exactly that."""

from migrations.rules import grant, role, run

revision = "centres_0003"
down_revision = "membership_0014"

_COUNTED = ("centre_published_seat", "centre_published_centre", "centre_published_committee")


def upgrade() -> None:
    run("""
ALTER TABLE centre_reference_move ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY
--;
ALTER TABLE centre_reference_move ADD COLUMN before uuid[]
--;
ALTER TABLE centre_reference_move ADD COLUMN after uuid[]
--;
UPDATE centre_reference_move SET before = ARRAY[loser_id], after = ARRAY[winner_id]
--;
ALTER TABLE centre_reference_move ALTER COLUMN before SET NOT NULL
--;
ALTER TABLE centre_reference_move ALTER COLUMN after SET NOT NULL
--;
CREATE INDEX centre_reference_move_winner_idx ON centre_reference_move (winner_id)
""")
    for view in _COUNTED:
        grant(view, "SELECT", "membership")


def downgrade() -> None:
    for view in _COUNTED:
        run(f"REVOKE SELECT ON {view} FROM {role('membership')}")
    run("""
DROP INDEX centre_reference_move_winner_idx
--;
ALTER TABLE centre_reference_move DROP COLUMN after, DROP COLUMN before, DROP COLUMN position
""")
