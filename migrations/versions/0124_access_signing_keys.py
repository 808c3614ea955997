"""Signing keys as records, which two people rotate and revoke. A revoked one is not published.

The new columns have defaults, by which the previous release continues to make keys.
"""

from migrations.definitions import define
from migrations.rules import grant, reference_numbers, role, run, setting

revision = "0124_access_signing_keys"
down_revision = "0123_actions_report_reminders"

_TABLE = "access_signing_key"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"visibility = ANY({setting('visibilities')}) OR id::text = ANY({setting('records')}) OR {_WRITES}"


def upgrade() -> None:
    run(f"""
ALTER TABLE {_TABLE}
    ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    ADD COLUMN ref text UNIQUE,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'rotated', 'revoked')),
    ADD COLUMN country text CHECK (country IS NULL),
    ADD COLUMN visibility text NOT NULL DEFAULT 'restricted' CHECK (visibility = 'restricted'),
    ADD COLUMN created_by text NOT NULL DEFAULT 'system',
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_by text NOT NULL DEFAULT 'system'
""")
    reference_numbers(_TABLE, "SIG", "access")
    run(f"""
UPDATE {_TABLE} SET ref = DEFAULT, updated_at = created_at
--;
UPDATE {_TABLE} SET status = 'rotated'
WHERE signs_until < (SELECT max(signs_until) FROM {_TABLE})
--;
ALTER TABLE {_TABLE} ALTER COLUMN ref SET NOT NULL
""")
    grant(_TABLE, "UPDATE", "access")
    run(f"""
ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {_TABLE}_read ON {_TABLE} FOR SELECT USING ({_READS})
--;
CREATE POLICY {_TABLE}_published ON {_TABLE} FOR SELECT TO {role("owner")} USING (true)
--;
CREATE POLICY {_TABLE}_insert ON {_TABLE} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {_TABLE}_update ON {_TABLE} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {_TABLE}_delete ON {_TABLE} FOR DELETE USING ({_WRITES})
""")
    define("access_published_key", "0124")


def downgrade() -> None:
    """A revoked key ends now, since its state goes."""
    run(f"""
DELETE FROM {_TABLE} WHERE status = 'revoked'
""")
    define("access_published_key")
    for policy in ("read", "published", "insert", "update", "delete"):
        run(f"DROP POLICY {_TABLE}_{policy} ON {_TABLE}")
    run(f"""
ALTER TABLE {_TABLE} NO FORCE ROW LEVEL SECURITY
--;
ALTER TABLE {_TABLE} DISABLE ROW LEVEL SECURITY
--;
REVOKE UPDATE ON {_TABLE} FROM {role("access")}
--;
ALTER TABLE {_TABLE} DROP COLUMN id, DROP COLUMN ref, DROP COLUMN version, DROP COLUMN status, DROP COLUMN country,
    DROP COLUMN visibility, DROP COLUMN created_by, DROP COLUMN updated_at, DROP COLUMN updated_by
--;
DROP SEQUENCE {_TABLE}_ref_seq
""")
