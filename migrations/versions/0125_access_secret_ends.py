"""Secrets of clients end a year after they were made; those of before, a year after this migration.

`secret_ends` has the ends of `secrets`, in their order; the previous release leaves it as it is. `secret_reminder` is when the
client's people were last reminded.
"""

from migrations.rules import run

revision = "0125_access_secret_ends"
down_revision = "0124_access_signing_keys"


def upgrade() -> None:
    run("""
ALTER TABLE access_client
    ADD COLUMN secret_ends timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN secret_reminder timestamptz
--;
UPDATE access_client SET secret_ends = array_fill(now() + interval '1 year', ARRAY[cardinality(secrets)])
WHERE cardinality(secrets) > 0
""")


def downgrade() -> None:
    run("ALTER TABLE access_client DROP COLUMN secret_ends, DROP COLUMN secret_reminder")
