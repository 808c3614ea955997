"""Tokens that are bound to a key of the caller (DPoP, RFC 9449): thumbprints of keys at sessions and codes, and clients that have
no other tokens."""

from migrations.rules import run

revision = "0128_access_bound_tokens"
down_revision = "0127_access_devices"


def upgrade() -> None:
    run("""
ALTER TABLE access_client ADD COLUMN dpop_bound boolean NOT NULL DEFAULT false
--;
ALTER TABLE access_session ADD COLUMN bound_to text CHECK (bound_to ~ '^[A-Za-z0-9_-]{43}$')
--;
ALTER TABLE access_code ADD COLUMN bound_to text CHECK (bound_to ~ '^[A-Za-z0-9_-]{43}$')
""")


def downgrade() -> None:
    run("""
ALTER TABLE access_client DROP COLUMN dpop_bound
--;
ALTER TABLE access_session DROP COLUMN bound_to
--;
ALTER TABLE access_code DROP COLUMN bound_to
""")
