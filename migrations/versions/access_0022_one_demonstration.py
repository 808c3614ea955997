"""One view tells which client is the demonstration's secretariat: `access_published_demonstration`."""

from migrations.rules import grant, run

revision = "access_0022"
down_revision = "access_0021"


def upgrade() -> None:
    run("DROP VIEW access_published_demo_client")


def downgrade() -> None:
    run("""
CREATE VIEW access_published_demo_client AS
    SELECT id FROM access_client WHERE client_id = 'demo-secretariat' AND status = 'active'
""")
    grant("access_published_demo_client", "SELECT", "membership", "centres", "actions", "access")
