"""The access service reads who has a request for support."""

from migrations.rules import grant, run

revision = "0094_actions_support_holders"
down_revision = "0093_actions_value_regions"


def upgrade() -> None:
    run("""
CREATE VIEW action_published_support_request AS
    SELECT id, country, status, clock_holder AS holder FROM action_support_request
""")
    grant("action_published_support_request", "SELECT", "access")


def downgrade() -> None:
    run("DROP VIEW action_published_support_request")
