"""The day on which the latest term of a centre ended, for the role of its director."""

from migrations.rules import grant, run

revision = "0054_centres_directors"
down_revision = "0053_actions_templates"

_CENTRE = """id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id, registration_number,
        designated_on, term_number, term_starts, term_ends, created_at, names"""


def upgrade() -> None:
    run(f"""
CREATE OR REPLACE VIEW centre_published_centre AS
    SELECT {_CENTRE},
        (SELECT t.ended_on FROM centre_term t WHERE t.centre_id = c.id AND t.number = c.term_number) AS ended_on
    FROM centre_centre c
""")


def downgrade() -> None:
    run(f"""
DROP VIEW centre_published_centre
--;
CREATE VIEW centre_published_centre AS SELECT {_CENTRE} FROM centre_centre
""")
    grant("centre_published_centre", "SELECT", "membership", "actions", "access")
