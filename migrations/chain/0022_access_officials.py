"""Focal points invite accounts and propose clients for their country. What they made is marked, as it is suspended when
the last focal point of the country ends."""

from migrations.rules import run

revision = "0022_access_officials"
down_revision = "0021_membership_erasure"

_TABLES = ("access_account", "access_client")


def upgrade() -> None:
    _allow("access_account", "invited", "active", "suspended", "closed")
    _allow("access_client", "proposed", "active", "suspended", "revoked")
    for table in _TABLES:
        run(f"""
ALTER TABLE {table} ADD COLUMN made_by_country boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended_by text CHECK (suspended_by IN ('secretariat', 'country', 'system')),
    ADD COLUMN previous_status text
--;
CREATE INDEX {table}_country_idx ON {table} (country, id) WHERE country IS NOT NULL
""")
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE access_account SET previous_status = 'active', suspended_by = 'secretariat' WHERE status = 'suspended'
""")


def downgrade() -> None:
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE access_account SET status = 'suspended' WHERE status = 'invited'
--;
UPDATE access_client SET status = 'revoked' WHERE status IN ('proposed', 'suspended')
""")
    for table in _TABLES:
        run(f"""
DROP INDEX {table}_country_idx
--;
ALTER TABLE {table} DROP COLUMN made_by_country, DROP COLUMN suspended_by, DROP COLUMN previous_status
""")
    _allow("access_account", "active", "suspended", "closed")
    _allow("access_client", "active", "revoked")


def _allow(table: str, *states: str) -> None:
    run(f"""
ALTER TABLE {table} DROP CONSTRAINT {table}_status_check,
    ADD CONSTRAINT {table}_status_check CHECK (status IN ('{"', '".join(states)}'))
""")
