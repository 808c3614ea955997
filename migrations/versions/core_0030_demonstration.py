"""Which client is the demonstration's secretariat, for rules that let it act alone on a laptop."""

from migrations.rules import grant, run

revision = "core_0030"
down_revision = "access_0015"


def upgrade() -> None:
    run("""
CREATE VIEW access_published_demonstration AS
    SELECT id FROM access_client WHERE client_id = 'demo-secretariat' AND status = 'active'
""")
    grant("access_published_demonstration", "SELECT", "access", "actions", "centres", "membership")


def downgrade() -> None:
    run("DROP VIEW access_published_demonstration")
