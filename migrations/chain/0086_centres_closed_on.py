"""The last day of a centre that has closed, from which the role of its director counts its last days."""

from migrations.rules import grant, run

revision = "0086_centres_closed_on"
down_revision = "0085_actions_status_history"

_CENTRE = """id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id, registration_number,
        designated_on, term_number, term_starts, term_ends, created_at, names,
        (SELECT t.ended_on FROM centre_term t WHERE t.centre_id = c.id AND t.number = c.term_number) AS ended_on,
        (SELECT max(n.recorded_at) FROM centre_tenure n WHERE n.centre_id = c.id AND n.changed IN ('names', 'host'))
            AS changed_at"""


def upgrade() -> None:
    """A centre that closed before has the day on which its term ended early, else that of the step."""
    run(f"""
ALTER TABLE centre_centre ADD COLUMN closed_on date
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE centre_centre c SET closed_on = coalesce(
    (SELECT t.ended_on FROM centre_term t
        WHERE t.centre_id = c.id AND t.number = c.term_number AND t.ended_on < t.ends),
    ((SELECT max(s.entered_at) FROM centre_stage s WHERE s.centre_id = c.id AND s.stage = 'closed')
        AT TIME ZONE 'UTC')::date,
    (c.updated_at AT TIME ZONE 'UTC')::date)
WHERE c.status = 'closed'
--;
CREATE OR REPLACE VIEW centre_published_centre AS SELECT {_CENTRE}, closed_on FROM centre_centre c
""")


def downgrade() -> None:
    run(f"""
DROP VIEW centre_published_centre
--;
CREATE VIEW centre_published_centre AS SELECT {_CENTRE} FROM centre_centre c
--;
ALTER TABLE centre_centre DROP COLUMN closed_on
""")
    grant("centre_published_centre", "SELECT", "membership", "actions", "access", "centres")
