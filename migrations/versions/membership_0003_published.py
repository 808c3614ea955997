"""Where experts work, for services that ask whether somebody belongs to an institution."""

from migrations.rules import grant, run

revision = "membership_0003"
down_revision = "membership_0002"


def upgrade() -> None:
    run("""
CREATE VIEW member_published_affiliation AS
    SELECT id, expert_id, institution_id, country, visibility, starts, ends
    FROM member_affiliation WHERE institution_id IS NOT NULL
""")
    grant("member_published_affiliation", "SELECT", "centres")


def downgrade() -> None:
    run("DROP VIEW member_published_affiliation")
