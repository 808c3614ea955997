"""Endorsements and correspondence, and the endorsements that other services see."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run

revision = "actions_0001"
down_revision = "membership_0004"


def upgrade() -> None:
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
    CHECK ((body IS NULL) <> (body_id IS NULL)),
    CHECK (status NOT IN ('verified', 'expired', 'superseded') OR (document IS NOT NULL AND verified_on IS NOT NULL))
)
--;
CREATE INDEX action_endorsement_country_idx ON action_endorsement (country, status, id)
--;
CREATE INDEX action_endorsement_created_idx ON action_endorsement (created_at, id)
--;
CREATE INDEX action_endorsement_updated_idx ON action_endorsement (updated_at, id)
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
CREATE INDEX action_correspondence_country_idx ON action_correspondence (country, status, id)
--;
CREATE INDEX action_correspondence_created_idx ON action_correspondence (created_at, id)
--;
CREATE INDEX action_correspondence_updated_idx ON action_correspondence (updated_at, id)
--;
CREATE INDEX action_correspondence_due_idx ON action_correspondence (reply_due) WHERE status = 'awaiting_reply'
""")
    reference_numbers("action_endorsement", "END", "actions")
    reference_numbers("action_correspondence", "COR", "actions")
    country_scoped("action_endorsement", "actions")
    country_scoped("action_correspondence", "actions")
    run("""
CREATE VIEW action_published_endorsement AS
    SELECT id, ref, version, country, level, status, visibility, issued, valid_to
    FROM action_endorsement
""")
    grant("action_published_endorsement", "SELECT", "centres", "access")


def downgrade() -> None:
    run("""
DROP VIEW action_published_endorsement
--;
DROP TABLE action_correspondence
--;
DROP TABLE action_endorsement
--;
DROP SEQUENCE action_correspondence_ref_seq
--;
DROP SEQUENCE action_endorsement_ref_seq
""")
