"""Endorsements, correspondence, government bodies, focal points and meetings; the stage of each country; and the views of
actions that other services read."""

from migrations.rules import RECORD, country_scoped, grant, json_of, record_columns, reference_numbers, run

revision = "0013_actions_governments"
down_revision = "0012_actions_programmes"

_RECORDS = {
    "endorsement": "END",
    "correspondence": "COR",
    "government_body": "GOV",
    "focal_point": "FOC",
    "meeting": "MTG",
}


def upgrade() -> None:
    _endorsements()
    _governments()
    for table, prefix in _RECORDS.items():
        run(f"""
CREATE INDEX action_{table}_country_idx ON action_{table} (country, status, id)
--;
CREATE INDEX action_{table}_created_idx ON action_{table} (created_at, id)
--;
CREATE INDEX action_{table}_updated_idx ON action_{table} (updated_at, id)
""")
        reference_numbers(f"action_{table}", prefix, "actions")
        country_scoped(f"action_{table}", "actions")
    _stages()
    _published()


def _endorsements() -> None:
    """`claimants` are who stands behind a claim."""
    run(f"""
CREATE TABLE action_endorsement ({record_columns("claimed|verified|expired|withdrawn|superseded")}
    body jsonb,
    body_id uuid,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    document jsonb,
    issued date,
    valid_to date,
    verified_on date,
    search_key text NOT NULL,
    claimants uuid[] NOT NULL DEFAULT '{{}}',
    withdrawn_on date,
    withdrawal_reason text,
    CHECK ((body IS NULL) <> (body_id IS NULL)),
    CHECK (status NOT IN ('verified', 'expired', 'superseded') OR (document IS NOT NULL AND verified_on IS NOT NULL))
)
--;
CREATE INDEX action_endorsement_valid_idx ON action_endorsement (valid_to) WHERE status = 'verified'
--;
CREATE TABLE action_correspondence ({record_columns("logged|sent|awaiting_reply|answered|closed")}
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    date date NOT NULL,
    subject text NOT NULL,
    parties jsonb NOT NULL,
    about jsonb NOT NULL,
    reply_due date,
    reply_to uuid,
    replied_on date,
    document jsonb,
    search_key text NOT NULL
)
--;
CREATE INDEX action_correspondence_due_idx ON action_correspondence (reply_due) WHERE status = 'awaiting_reply'
""")


def _governments() -> None:
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


def _stages() -> None:
    """The stage of each country, derived from records and kept for lists, and on which days each of its facts held."""
    run("""
CREATE TABLE action_country_stage (
    country text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    id uuid NOT NULL UNIQUE,
    version integer NOT NULL,
    visibility text NOT NULL CHECK (visibility = 'public'),
    stage smallint NOT NULL CHECK (stage BETWEEN 0 AND 7),
    facts jsonb NOT NULL CHECK (jsonb_array_length(facts) = 7),
    updated_at timestamptz NOT NULL
)
--;
CREATE TABLE action_country_fact (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility = 'public'),
    key text NOT NULL,
    link text NOT NULL,
    day date NOT NULL,
    starts date NOT NULL,
    ends date CHECK (ends >= starts)
)
--;
COMMENT ON TABLE action_country_fact IS
    'The days on which the facts of a country held: from starts until the day before ends. A row stays when its fact is lost.'
--;
COMMENT ON COLUMN action_country_fact.day IS
    'The day of the decision. A fact that was lost and is met again counts from a later day.'
--;
CREATE UNIQUE INDEX action_country_fact_open_key ON action_country_fact (country, key) WHERE ends IS NULL
--;
CREATE INDEX action_country_fact_country_idx ON action_country_fact (country, key)
""")
    country_scoped("action_country_stage", "actions")
    country_scoped("action_country_fact", "actions")


def _published() -> None:
    """`action_published_personal` is what actions keep about experts, for an export of everything about one."""
    focal_point = json_of(f"{RECORD} person expert_id body_id role letter predecessor_id starts ends")
    run(f"""
CREATE VIEW action_published_endorsement AS
    SELECT id, ref, version, country, level, status, visibility, issued, valid_to
    FROM action_endorsement
--;
CREATE VIEW action_published_focal_point AS
    SELECT id, ref, version, country, status, visibility, expert_id, starts, ends
    FROM action_focal_point
--;
CREATE VIEW action_published_personal AS
    SELECT expert_id AS person, 'focal_points' AS part, id, {focal_point} AS record
    FROM action_focal_point WHERE expert_id IS NOT NULL
""")
    grant("action_published_endorsement", "SELECT", "centres", "access")
    grant("action_published_focal_point", "SELECT", "membership", "centres", "access")
    grant("action_published_personal", "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW action_published_personal, action_published_focal_point, action_published_endorsement
--;
DROP TABLE action_country_fact, action_country_stage, action_meeting, action_focal_point, action_government_body,
    action_correspondence, action_endorsement
--;
DROP SEQUENCE {", ".join(f"action_{table}_ref_seq" for table in _RECORDS)}
""")
