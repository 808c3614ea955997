"""Experts: whose file it is while it is screened, and who said what stands in a record."""

from migrations.rules import index_beside_writers, run

revision = "membership_0011"
down_revision = "access_0007"

_OPEN = "merged_into IS NULL AND erased_at IS NULL"
_WITH_SECRETARIAT = "status IN ('applied', 'under_review')"
_INDEXES = {
    "unassigned": f"(country, id) WHERE {_WITH_SECRETARIAT} AND assignee IS NULL AND {_OPEN}",
    "assignee": f"(assignee, id) WHERE {_WITH_SECRETARIAT} AND assignee IS NOT NULL AND {_OPEN}",
}


def upgrade() -> None:
    """Who said what stands in the records that are there is not known, and not told."""
    run("""
ALTER TABLE member_expert ADD COLUMN assignee uuid
--;
ALTER TABLE member_expert ADD COLUMN asserted jsonb NOT NULL DEFAULT '{}'
""")
    for name, definition in _INDEXES.items():
        index_beside_writers(f"member_expert_{name}_idx", f"member_expert {definition}")


def downgrade() -> None:
    for name in _INDEXES:
        run(f"DROP INDEX member_expert_{name}_idx")
    run("""
ALTER TABLE member_expert DROP COLUMN asserted
--;
ALTER TABLE member_expert DROP COLUMN assignee
""")
