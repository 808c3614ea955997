"""The view of erasures for notifications: who confirms a request that waits."""

from migrations.rules import grant, run

revision = "0029_membership_erasure_view"
down_revision = "0028_membership_outreach"


def upgrade() -> None:
    run("""
CREATE VIEW member_published_erasure AS
    SELECT id, ref, version, status, country, visibility, second_person FROM member_erasure
""")
    grant("member_published_erasure", "SELECT", "access")


def downgrade() -> None:
    run("DROP VIEW member_published_erasure")
