"""What actions keep about experts, for an export of everything about one."""

from migrations.rules import RECORD, grant, run, told

revision = "actions_0008"
down_revision = "centres_0004"

_TOLD = f"{RECORD} person expert_id body_id role letter predecessor_id starts ends"


def upgrade() -> None:
    run(f"""
CREATE VIEW action_published_personal AS
    SELECT expert_id AS person, 'focal_points' AS part, id, {told(_TOLD)} AS record
    FROM action_focal_point WHERE expert_id IS NOT NULL
""")
    grant("action_published_personal", "SELECT", "membership")


def downgrade() -> None:
    run("DROP VIEW action_published_personal")
