"""The country in which somebody may give a role over one record by an invitation or a delegation."""

from migrations.rules import run

revision = "0103_access_places_of_roles"
down_revision = "0102_access_gathered_mails"


def upgrade() -> None:
    run("""
ALTER TABLE access_grant ADD COLUMN place text CHECK (place ~ '^[A-Z]{2}$')
--;
CREATE INDEX access_grant_proposed ON access_grant (id) WHERE status = 'proposed'
""")


def downgrade() -> None:
    run("DROP INDEX access_grant_proposed")
    run("ALTER TABLE access_grant DROP COLUMN place")
