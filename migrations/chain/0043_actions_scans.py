"""Files of evidence wait for the scan for viruses, and are quarantined."""

from migrations.rules import index_beside_writers, run

revision = "0043_actions_scans"
down_revision = "0042_actions_statistics"

_STATES = "'scanning', 'available', 'superseded', 'quarantined', 'withdrawn', 'purged'"


def upgrade() -> None:
    _permit(_STATES)
    index_beside_writers(
        "action_evidence_unscanned_idx",
        "action_evidence (scan_state DESC, id) WHERE scan_state IN ('waiting', 'not_scanned')",
    )
    index_beside_writers(
        "action_evidence_overdue_idx",
        "action_evidence (status_since, id) WHERE status IN ('withdrawn', 'quarantined')",
    )


def downgrade() -> None:
    run("""
DROP INDEX action_evidence_unscanned_idx, action_evidence_overdue_idx
--;
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE action_evidence SET status = 'withdrawn' WHERE status IN ('scanning', 'quarantined')
""")
    _permit("'available', 'superseded', 'withdrawn', 'purged'")


def _permit(states: str) -> None:
    run(f"""
ALTER TABLE action_evidence DROP CONSTRAINT action_evidence_status_check,
    ADD CONSTRAINT action_evidence_status_check CHECK (status IN ({states})) NOT VALID
--;
ALTER TABLE action_evidence VALIDATE CONSTRAINT action_evidence_status_check
""")
