"""Expands a table in use, like a release: new values may be missing, and old rows are not validated yet."""

import os

from migrations.rules import run

revision = "9998_core_expand"
down_revision = os.environ["NEXT_RELEASE_FOLLOWS"]


def upgrade() -> None:
    run("""
ALTER TABLE member_expert ADD COLUMN remark text
--;
ALTER TABLE member_expert ADD CONSTRAINT member_expert_remark_check CHECK (length(remark) < 1000) NOT VALID
--;
ALTER TABLE core_outbox ADD COLUMN reason text DEFAULT 'none'
--;
ALTER TABLE core_fact ADD COLUMN reason text DEFAULT 'none'
--;
ALTER TABLE core_job ADD COLUMN reason text DEFAULT 'none'
--;
ALTER TABLE core_batch ADD COLUMN reason text DEFAULT 'none'
--;
CREATE TABLE core_sample AS SELECT clock_timestamp() AS at
""")


def downgrade() -> None:
    run("DROP TABLE core_sample")
    for table in ("core_outbox", "core_fact", "core_job", "core_batch"):
        run(f"ALTER TABLE {table} DROP COLUMN reason")
    run("ALTER TABLE member_expert DROP COLUMN remark")
