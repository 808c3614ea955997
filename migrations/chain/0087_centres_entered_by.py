"""Who entered a centre, for what waits for an institution's representative in the work list of every service."""

from migrations.rules import grant, run

revision = "0087_centres_entered_by"
down_revision = "0086_centres_closed_on"

_CENTRE = """id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id, registration_number,
        designated_on, term_number, term_starts, term_ends, created_at, names,
        (SELECT t.ended_on FROM centre_term t WHERE t.centre_id = c.id AND t.number = c.term_number) AS ended_on,
        (SELECT max(n.recorded_at) FROM centre_tenure n WHERE n.centre_id = c.id AND n.changed IN ('names', 'host'))
            AS changed_at, closed_on"""


def upgrade() -> None:
    run(f"CREATE OR REPLACE VIEW centre_published_centre AS SELECT {_CENTRE}, created_by FROM centre_centre c")


def downgrade() -> None:
    run(f"""
DROP VIEW centre_published_centre
--;
CREATE VIEW centre_published_centre AS SELECT {_CENTRE} FROM centre_centre c
""")
    grant("centre_published_centre", "SELECT", "membership", "actions", "access", "centres")
