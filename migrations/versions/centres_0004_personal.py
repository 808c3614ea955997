"""What centres keep about experts, for an export of everything about one. `id` is that of a record whose history is
about the expert."""

from migrations.rules import RECORD, grant, run, told

revision = "centres_0004"
down_revision = "core_0020"


def upgrade() -> None:
    run(f"""
CREATE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id,
        {told(f"{RECORD} committee_id expert_id office starts ends")} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id,
        {told(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")}
    FROM centre_review
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {told("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL
""")
    grant("centre_published_personal", "SELECT", "membership")


def downgrade() -> None:
    run("DROP VIEW centre_published_personal")
