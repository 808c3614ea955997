"""Institutions that people entered, and what proves that somebody belongs to one."""

from migrations.definitions import define
from migrations.rules import grant, run

revision = "0101_membership_candidates"
down_revision = "0100_actions_files_of_experts"

_STATES = ("submitted", "verified", "linked", "out_of_scope", "inactive", "withdrawn")
_WORK, _OTHER_WORK = "member_published_work", "member_work_without_candidates"
_COLUMNS = "id, ref, version, status, country, visibility, display_name, ror, merged_into"
_WAITS = "status = 'candidate' AND merged_into IS NULL"


def _in_states(*states: str) -> str:
    names = ", ".join(f"'{state}'" for state in states)
    return f"""
ALTER TABLE member_institution DROP CONSTRAINT member_institution_status_check
--;
ALTER TABLE member_institution ADD CONSTRAINT member_institution_status_check CHECK (status IN ({names})) NOT VALID
--;
ALTER TABLE member_institution VALIDATE CONSTRAINT member_institution_status_check
"""


def upgrade() -> None:
    run(_in_states("candidate", *_STATES))
    run(f"""
CREATE INDEX member_institution_candidate_idx ON member_institution (created_by) WHERE status = 'candidate'
--;
CREATE OR REPLACE VIEW member_published_institution AS
    SELECT {_COLUMNS}, domains, created_by FROM member_institution
--;
ALTER TABLE access_grant ADD COLUMN letter jsonb, ADD COLUMN proof text CHECK (proof IN ('address', 'letter'))
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS SELECT * FROM {_OTHER_WORK} UNION ALL
    SELECT 'membership.institutions', id, ref, country, 'verify', NULL, NULL FROM member_institution WHERE {_WAITS}
""")
    grant(_WORK, "SELECT", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
ALTER TABLE access_grant DROP COLUMN letter, DROP COLUMN proof
--;
DROP INDEX member_institution_candidate_idx
--;
UPDATE member_institution SET status = 'submitted' WHERE status = 'candidate'
--;
DROP VIEW member_published_institution
""")
    define("member_published_institution")
    run(_in_states(*_STATES))
