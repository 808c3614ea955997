"""The public register by country: a list of what everybody may see does not walk past the rows that they may not."""

from migrations.rules import run

revision = "membership_0006"
down_revision = "membership_0005"


def upgrade() -> None:
    run("""
CREATE INDEX member_expert_public_idx ON member_expert (country, status, id)
WHERE visibility = 'public' AND merged_into IS NULL AND erased_at IS NULL
""")


def downgrade() -> None:
    run("DROP INDEX member_expert_public_idx")
