"""Who set which credential of whom, and when: whoever did is no second person beside that account for 30 days."""

from migrations.rules import grant, role, run

revision = "access_0015"
down_revision = "core_0021"

_TABLE = "access_credential_change"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run(f"""
CREATE TABLE {_TABLE} (
    id uuid PRIMARY KEY,
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    by_kind text NOT NULL,
    by_id uuid,
    what text NOT NULL CHECK (what IN ('email', 'recovery', 'secret')),
    at timestamptz NOT NULL,
    old_email text
)
--;
COMMENT ON COLUMN {_TABLE}.old_email IS 'the address before, until the mail to it is on its way'
--;
CREATE INDEX {_TABLE}_principal_idx ON {_TABLE} (principal_id, by_id)
--;
CREATE INDEX {_TABLE}_by_idx ON {_TABLE} (by_id)
--;
CREATE POLICY {_TABLE}_read ON {_TABLE} FOR SELECT USING ({_WRITES})
--;
CREATE POLICY {_TABLE}_insert ON {_TABLE} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {_TABLE}_update ON {_TABLE} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {_TABLE}_delete ON {_TABLE} FOR DELETE USING ({_WRITES})
--;
CREATE POLICY {_TABLE}_published ON {_TABLE} FOR SELECT TO {role("owner")} USING (true)
--;
ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY
--;
CREATE VIEW access_published_credential_change AS
    SELECT principal_kind, principal_id, by_kind, by_id, at FROM {_TABLE}
    WHERE by_id IS NOT NULL AND by_id <> principal_id AND (principal_kind = 'client' OR at > now() - interval '30 days')
--;
CREATE VIEW access_published_demo_client AS
    SELECT id FROM access_client WHERE client_id = 'demo-secretariat' AND status = 'active'
""")
    grant(_TABLE, "SELECT, INSERT, UPDATE, DELETE", "access")
    for view in ("access_published_credential_change", "access_published_demo_client"):
        grant(view, "SELECT", "membership", "centres", "actions", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW access_published_demo_client, access_published_credential_change
--;
DROP TABLE {_TABLE}
""")
