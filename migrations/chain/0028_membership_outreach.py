"""Broadcasts and their recipients, which only work of the whole installation and global offices read."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run, setting

revision = "0028_membership_outreach"
down_revision = "0027_centres_reviewers"

_OF_NO_COUNTRY = "country text CHECK (country IS NULL)"
_STATES = "draft|approved|sending|paused|sent|cancelled"
_READS = f"'restricted' = ANY({setting('visibilities')}) OR id::text = ANY({setting('records')})"
_WRITES = (
    f"(SELECT current_setting('escm.write_everywhere', true)) = 'on' OR id::text = ANY({setting('write_records')})"
)


def upgrade() -> None:
    columns = record_columns(_STATES).replace("country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')", _OF_NO_COUNTRY)
    run(f"""
CREATE TABLE member_broadcast ({columns}
    subjects jsonb NOT NULL,
    texts jsonb NOT NULL,
    segment jsonb NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('outreach', 'service')),
    send_at timestamptz,
    per_minute integer NOT NULL CHECK (per_minute BETWEEN 1 AND 600),
    authors uuid[] NOT NULL,
    frozen_at timestamptz,
    final_counts jsonb
)
--;
CREATE INDEX member_broadcast_status_idx ON member_broadcast (status, id)
--;
CREATE TABLE member_broadcast_recipient (
    id uuid PRIMARY KEY,
    broadcast_id uuid NOT NULL REFERENCES member_broadcast (id),
    expert_id uuid NOT NULL,
    language text NOT NULL,
    outcome text NOT NULL
        CHECK (outcome IN ('queued', 'sending', 'sent', 'refused', 'bounced', 'unknown', 'excluded')),
    reason text,
    due_at timestamptz NOT NULL,
    delays smallint NOT NULL,
    tried_at timestamptz,
    job_id uuid,
    address_digest bytea,
    token_digest bytea,
    bounced_at timestamptz
)
--;
CREATE INDEX member_broadcast_recipient_broadcast_idx ON member_broadcast_recipient (broadcast_id, id)
--;
CREATE INDEX member_broadcast_recipient_outcome_idx ON member_broadcast_recipient (broadcast_id, outcome, id)
    INCLUDE (reason)
--;
CREATE INDEX member_broadcast_recipient_expert_idx ON member_broadcast_recipient (expert_id)
--;
CREATE INDEX member_broadcast_recipient_due_idx ON member_broadcast_recipient (broadcast_id, due_at, id)
    WHERE outcome = 'queued'
--;
CREATE INDEX member_broadcast_recipient_sending_idx ON member_broadcast_recipient (broadcast_id)
    WHERE outcome = 'sending'
--;
CREATE INDEX member_broadcast_recipient_tried_idx ON member_broadcast_recipient (broadcast_id, tried_at)
    WHERE tried_at IS NOT NULL
--;
CREATE UNIQUE INDEX member_broadcast_recipient_token_idx ON member_broadcast_recipient (token_digest)
    WHERE token_digest IS NOT NULL
""")
    reference_numbers("member_broadcast", "BRC", "membership")
    country_scoped("member_broadcast", "membership")
    run(f"""
ALTER TABLE member_broadcast_recipient ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE member_broadcast_recipient FORCE ROW LEVEL SECURITY
--;
CREATE POLICY member_broadcast_recipient_read ON member_broadcast_recipient FOR SELECT USING ({_READS})
--;
CREATE POLICY member_broadcast_recipient_insert ON member_broadcast_recipient FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY member_broadcast_recipient_update ON member_broadcast_recipient FOR UPDATE
    USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY member_broadcast_recipient_delete ON member_broadcast_recipient FOR DELETE USING ({_WRITES})
""")
    grant("member_broadcast_recipient", "SELECT, INSERT, UPDATE, DELETE", "membership")


def downgrade() -> None:
    run("""
DROP TABLE member_broadcast_recipient, member_broadcast
--;
DROP SEQUENCE member_broadcast_ref_seq
""")
