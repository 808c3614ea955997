"""An export about a person says of their grants how they asked for them and where they were given."""

from migrations.rules import grant, json_of, run

revision = "0105_access_personal_grants"
down_revision = "0104_actions_offices"

_VIEW, _OTHER = "access_published_personal", "access_personal_without_places"


def upgrade() -> None:
    run(f"""
ALTER VIEW {_VIEW} RENAME TO {_OTHER}
--;
CREATE VIEW {_VIEW} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN 'grants' THEN o.record || (
            SELECT {json_of("letter proof place")} FROM access_grant given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {_OTHER} o
""")
    grant(_VIEW, "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW {_VIEW}
--;
ALTER VIEW {_OTHER} RENAME TO {_VIEW}
""")
