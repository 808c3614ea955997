"""The grant that was handed over to the holder of another one, so that what waits for a person follows the role."""

from migrations.rules import grant, json_of, run

revision = "0135_access_predecessors"
down_revision = "0134_membership_own_signing"

_VIEW = "access_published_handed_over"
_PERSONAL, _OTHER = "access_published_personal", "access_personal_without_predecessors"


def upgrade() -> None:
    run(f"""
ALTER TABLE access_grant ADD COLUMN predecessor_id uuid
--;
CREATE INDEX access_grant_predecessor_idx ON access_grant (predecessor_id) WHERE predecessor_id IS NOT NULL
--;
CREATE VIEW {_VIEW} AS
    SELECT g.id, g.principal_id AS account_id, l.principal_id AS leaver_id, g.role, g.scope_kind, g.scope_id,
        g.starts, g.ends
    FROM access_grant g
    JOIN access_grant l ON l.id = g.predecessor_id
    WHERE g.predecessor_id IS NOT NULL AND g.principal_kind = 'account'
""")
    grant(_VIEW, "SELECT", "membership", "centres", "actions", "access")
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN 'grants' THEN o.record || (
            SELECT {json_of("predecessor_id")} FROM access_grant given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {_OTHER} o
""")
    grant(_PERSONAL, "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER} RENAME TO {_PERSONAL}
--;
DROP VIEW {_VIEW}
--;
ALTER TABLE access_grant DROP COLUMN predecessor_id
""")
