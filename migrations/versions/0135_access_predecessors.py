"""The grant that was handed over to the holder of another one, so that what waits for a person follows the role."""

from migrations.personal_parts import narrowed, widened
from migrations.rules import grant, run

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
    widened(_PERSONAL, _OTHER, "grants", "access_grant", "predecessor_id")


def downgrade() -> None:
    narrowed(_PERSONAL, _OTHER)
    run(f"""
DROP VIEW {_VIEW}
--;
ALTER TABLE access_grant DROP COLUMN predecessor_id
""")
