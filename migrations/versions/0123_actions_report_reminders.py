"""The countries of rounds of review, whose officials are notified."""

from migrations.rules import grant, run

revision = "0123_actions_report_reminders"
down_revision = "0121_access_federation"

_COUNTRIES = "action_published_round_country"


def upgrade() -> None:
    run(f"""
CREATE VIEW {_COUNTRIES} AS
    SELECT DISTINCT r.id, c.country, r.audience
    FROM action_review_round r
    JOIN action_contribution c ON c.id = ANY (r.contributions)
    WHERE c.country IS NOT NULL
""")
    grant(_COUNTRIES, "SELECT", "access")


def downgrade() -> None:
    run(f"DROP VIEW {_COUNTRIES}")
