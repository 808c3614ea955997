"""A grant over a centre reads the review of an own record until the review of the centre ends, and then all."""

from migrations.rules import run, setting

revision = "0099_centres_blind_reviews"
down_revision = "0098_membership_panel_acts"

_OVER = """EXISTS (
    SELECT FROM centre_centre c WHERE c.id = centre_id AND c.status NOT IN ('under_review', 'info_requested')
)"""


def upgrade() -> None:
    records = setting("records")
    _read(f"reviewer_id::text = ANY({records}) OR (centre_id::text = ANY({records}) AND {_OVER})")


def _read(by_records: str) -> None:
    run(f"""
DROP POLICY centre_review_read ON centre_review
--;
CREATE POLICY centre_review_read ON centre_review FOR SELECT USING (
    visibility = ANY({setting("visibilities")}) OR country = ANY({setting("countries")}) OR {by_records}
)""")


def downgrade() -> None:
    _read(f"centre_id::text = ANY({setting('records')})")
