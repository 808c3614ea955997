"""How a client gets tokens: by people who sign in to it, for itself, or both. Those of before do what they did."""

from migrations.rules import run

revision = "0147_access_client_grants"
down_revision = "0146_core_waiting_decisions"


def upgrade() -> None:
    run("""
ALTER TABLE access_client ADD COLUMN grants text[] NOT NULL DEFAULT '{authorization_code,client_credentials}'
    CHECK (cardinality(grants) > 0 AND grants <@ '{authorization_code,client_credentials}')
--;
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE access_client SET grants = '{authorization_code}' WHERE public
--;
SET LOCAL escm.write_everywhere = ''
""")


def downgrade() -> None:
    run("ALTER TABLE access_client DROP COLUMN grants")
