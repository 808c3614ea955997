"""A change of a count belongs to the day that its transaction names, as a demonstration does, else to today."""

from migrations.rules import run

revision = "0132_core_count_days"
down_revision = "0129_actions_consent_to_errata"

_TODAY = "(now() AT TIME ZONE 'UTC')::date"


def upgrade() -> None:
    run(f"""
ALTER TABLE core_count_delta
    ALTER COLUMN day SET DEFAULT coalesce(nullif(current_setting('escm.day', true), '')::date, {_TODAY})
""")


def downgrade() -> None:
    run(f"ALTER TABLE core_count_delta ALTER COLUMN day SET DEFAULT {_TODAY}")
