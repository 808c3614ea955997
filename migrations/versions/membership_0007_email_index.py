"""An import asks for thousands of e-mail addresses at once: each look into a GIN index reads its whole pending list."""

from migrations.rules import run

revision = "membership_0007"
down_revision = "membership_0006"


def upgrade() -> None:
    run("""
ALTER INDEX member_expert_email_idx SET (fastupdate = off)
--;
SELECT gin_clean_pending_list('member_expert_email_idx')
""")


def downgrade() -> None:
    run("ALTER INDEX member_expert_email_idx RESET (fastupdate)")
