"""Clients that send their requests for people before these come with them (RFC 9126)."""

from migrations.rules import run

revision = "0116_access_pushed_requests"
down_revision = "0115_access_command_line"


def upgrade() -> None:
    run("ALTER TABLE access_client ADD COLUMN require_par boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    run("ALTER TABLE access_client DROP COLUMN require_par")
