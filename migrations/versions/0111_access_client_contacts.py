"""The accounts that are mailed about a client."""

from migrations.rules import run

revision = "0111_access_client_contacts"
down_revision = "0110_access_deprecated_calls"


def upgrade() -> None:
    run("ALTER TABLE access_client ADD COLUMN contacts uuid[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    run("ALTER TABLE access_client DROP COLUMN contacts")
