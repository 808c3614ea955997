"""Whether an ORCID iD is authenticated, and which part of an ORCID record an affiliation comes from."""

from migrations.rules import run

revision = "0023_membership_orcid"
down_revision = "0022_access_officials"


def upgrade() -> None:
    run("""
ALTER TABLE member_expert ADD COLUMN orcid_authenticated boolean NOT NULL DEFAULT false
--;
ALTER TABLE member_affiliation ADD COLUMN put_code text
""")


def downgrade() -> None:
    run("""
ALTER TABLE member_expert DROP COLUMN orcid_authenticated
--;
ALTER TABLE member_affiliation DROP COLUMN put_code
""")
