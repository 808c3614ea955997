"""How far a webhook is behind counts what its owner may read: `reach` are the kinds, countries and records of the owner's
share of the feed; null is all of it. The worker that drives the webhook sets it."""

from migrations.rules import run

revision = "0136_access_webhook_reach"
down_revision = "0135_access_predecessors"


def upgrade() -> None:
    run("ALTER TABLE access_webhook_state ADD COLUMN reach text[] DEFAULT '{}'")


def downgrade() -> None:
    run("ALTER TABLE access_webhook_state DROP COLUMN reach")
