"""The ends of the feed: the oldest fact that is kept, and the last position that was given."""

from migrations.rules import grant, run

revision = "access_0002"
down_revision = "membership_0010"


def upgrade() -> None:
    run("""
CREATE VIEW core_feed_ends AS
SELECT coalesce((SELECT min(f.position) FROM core_fact f), given.head + 1) AS oldest, given.head
FROM (SELECT coalesce(max(l.position), 0) AS head FROM core_lease l WHERE l.name = 'relay') given
""")
    grant("core_feed_ends", "SELECT", "access")


def downgrade() -> None:
    run("DROP VIEW core_feed_ends")
