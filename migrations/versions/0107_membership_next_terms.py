"""A term that an early renewal gives stands beside the present one until its first day."""

from migrations.rules import run

revision = "0107_membership_next_terms"
down_revision = "0106_access_own_addresses"


def upgrade() -> None:
    run("""
ALTER TABLE member_expert ADD COLUMN next_term_starts date, ADD COLUMN next_term_ends date,
    ADD CONSTRAINT member_expert_next_term_check CHECK (num_nulls(next_term_starts, next_term_ends) IN (0, 2))
--;
CREATE INDEX member_expert_next_term_idx ON member_expert (next_term_starts) WHERE next_term_starts IS NOT NULL
""")


def downgrade() -> None:
    run("""
UPDATE member_expert SET term_starts = next_term_starts, term_ends = next_term_ends WHERE next_term_starts IS NOT NULL
--;
ALTER TABLE member_expert DROP COLUMN next_term_starts, DROP COLUMN next_term_ends
""")
