"""The second part: validates rows and builds an index, concurrently with writes."""

from migrations.rules import index_beside_writers, run

revision = "9999_core_settle"
down_revision = "9998_core_expand"


def upgrade() -> None:
    run("ALTER TABLE member_expert VALIDATE CONSTRAINT member_expert_remark_check")
    index_beside_writers("member_expert_remark_idx", "member_expert (remark) WHERE remark IS NOT NULL")


def downgrade() -> None:
    run("DROP INDEX member_expert_remark_idx")
