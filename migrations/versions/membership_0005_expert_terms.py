"""The experts whose term may end, by its last day."""

from migrations.rules import run

revision = "membership_0005"
down_revision = "centres_0002"


def upgrade() -> None:
    run("""
CREATE INDEX member_expert_term_idx ON member_expert (status, term_ends) WHERE status IN ('active', 'grace')
""")


def downgrade() -> None:
    run("DROP INDEX member_expert_term_idx")
