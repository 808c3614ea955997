"""Who deletes a record asks whether others were merged into it: without an index that reads the whole table each time."""

from migrations.rules import index_beside_writers, run

revision = "membership_0010"
down_revision = "core_0010"

KINDS = ("expert", "institution")


def upgrade() -> None:
    for kind in KINDS:
        index_beside_writers(f"member_{kind}_merged_idx", f"member_{kind} (merged_into) WHERE merged_into IS NOT NULL")


def downgrade() -> None:
    for kind in KINDS:
        run(f"DROP INDEX member_{kind}_merged_idx")
