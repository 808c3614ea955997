"""Government bodies, focal points and meetings, and the focal points that other services see."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run

revision = "actions_0006"
down_revision = "actions_0005"

_TABLES = {"action_government_body": "GOV", "action_focal_point": "FOC", "action_meeting": "MTG"}


def upgrade() -> None:
    run(f"""
CREATE TABLE action_government_body ({record_columns("active")}
    search_key text NOT NULL,
    names jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ministry', 'agency', 'commission', 'parliament', 'presidency', 'other')),
    website text
)
--;
CREATE TABLE action_focal_point ({record_columns("nominated|active|handing_over|ended")}
    search_key text NOT NULL,
    person jsonb NOT NULL,
    expert_id uuid,
    body_id uuid REFERENCES action_government_body (id),
    role text,
    letter jsonb,
    predecessor_id uuid,
    starts date,
    ends date,
    CHECK (ends >= starts),
    CHECK (status = 'nominated' OR starts IS NOT NULL)
)
--;
CREATE INDEX action_focal_point_body_idx ON action_focal_point (body_id) WHERE body_id IS NOT NULL
--;
CREATE INDEX action_focal_point_expert_idx ON action_focal_point (expert_id) WHERE expert_id IS NOT NULL
--;
CREATE TABLE action_meeting ({record_columns("held")}
    search_key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('online', 'onsite', 'hybrid')),
    date date NOT NULL,
    titles jsonb NOT NULL,
    participants jsonb NOT NULL,
    decisions jsonb NOT NULL
)
""")
    for table, prefix in _TABLES.items():
        run(f"""
CREATE INDEX {table}_country_idx ON {table} (country, status, id)
--;
CREATE INDEX {table}_created_idx ON {table} (created_at, id)
--;
CREATE INDEX {table}_updated_idx ON {table} (updated_at, id)
""")
        reference_numbers(table, prefix, "actions")
        country_scoped(table, "actions")
    run("""
CREATE VIEW action_published_focal_point AS
    SELECT id, ref, version, country, status, visibility, expert_id, starts, ends
    FROM action_focal_point
""")
    grant("action_published_focal_point", "SELECT", "centres", "access")


def downgrade() -> None:
    run("""
DROP VIEW action_published_focal_point
--;
DROP TABLE action_meeting
--;
DROP TABLE action_focal_point
--;
DROP TABLE action_government_body
--;
DROP SEQUENCE action_meeting_ref_seq
--;
DROP SEQUENCE action_focal_point_ref_seq
--;
DROP SEQUENCE action_government_body_ref_seq
""")
