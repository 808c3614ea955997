"""Nominees do not learn of the acts of their panel before the results: a decision has its own time, and recusals are
withheld like decisions."""

from migrations.definitions import define
from migrations.rules import index_beside_writers, run

revision = "0098_membership_panel_acts"
down_revision = "0097_core_named_files"

_INDEX = "member_nomination_retention_idx"
_SINCE = "(CASE WHEN status_since IS NULL THEN updated_at ELSE status_since END)"


def upgrade() -> None:
    run("ALTER TABLE member_nomination ADD COLUMN status_since timestamptz")
    run("DROP FUNCTION member_withheld(text[])")
    define("member_withheld", "0098")
    run(f"DROP INDEX {_INDEX}")
    index_beside_writers(_INDEX, f"member_nomination (status, {_SINCE})")


def downgrade() -> None:
    run("DROP FUNCTION member_withheld(text[])")
    define("member_withheld")
    run(f"DROP INDEX {_INDEX}")
    run("ALTER TABLE member_nomination DROP COLUMN status_since")
    index_beside_writers(_INDEX, "member_nomination (status, updated_at)")
