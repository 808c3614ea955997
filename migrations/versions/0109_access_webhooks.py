"""Webhooks: readers of the feed whose position is stored, their keys, and what was sent.

`access_webhook_state` has one narrow row for each: the position, the lease of the worker that drives it, and how its
receiver answers. `access_webhook_delivery` has what was attempted, in partitions of a day.
"""

from migrations.rules import grant, reference_numbers, role, run, setting

revision = "0109_access_webhooks"
down_revision = "0108_centres_signatures"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS_ALL = f"'restricted' = ANY({setting('visibilities')})"
_PARTS = ("access_webhook_key", "access_webhook_state", "access_webhook_delivery")


def upgrade() -> None:
    run("""
CREATE TABLE access_webhook (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('unverified', 'active', 'paused', 'disabled', 'ended')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    types text[] NOT NULL,
    countries text[],
    records text[],
    signatures text[] NOT NULL,
    bulk text NOT NULL CHECK (bulk IN ('notice', 'each')),
    rate integer NOT NULL CHECK (rate BETWEEN 1 AND 100),
    in_flight integer NOT NULL CHECK (in_flight BETWEEN 1 AND 20),
    owner_kind text NOT NULL CHECK (owner_kind IN ('account', 'client')),
    owner_id uuid NOT NULL
)
--;
CREATE INDEX access_webhook_owner_idx ON access_webhook (owner_id)
--;
CREATE TABLE access_webhook_key (
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES access_webhook (id),
    sealed bytea NOT NULL,
    public text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz
)
--;
CREATE INDEX access_webhook_key_webhook_idx ON access_webhook_key (webhook_id)
--;
CREATE TABLE access_webhook_state (
    webhook_id uuid PRIMARY KEY REFERENCES access_webhook (id),
    position bigint NOT NULL,
    holder uuid,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    last_success_at timestamptz,
    last_problem text,
    last_milliseconds integer,
    verified_at timestamptz,
    mailed smallint NOT NULL DEFAULT 0
) WITH (fillfactor = 50)
--;
CREATE TABLE access_webhook_delivery (
    id uuid NOT NULL,
    day date NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    position bigint,
    after_position bigint,
    events integer,
    type text NOT NULL,
    record text NOT NULL,
    country text,
    status text NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'exhausted', 'cancelled')),
    replay boolean NOT NULL DEFAULT false,
    next_attempt_at timestamptz,
    attempts jsonb NOT NULL DEFAULT '[]',
    milliseconds integer,
    last_at timestamptz,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day)
--;
CREATE INDEX access_webhook_delivery_webhook_idx ON access_webhook_delivery (webhook_id, id)
--;
CREATE INDEX access_webhook_delivery_due_idx ON access_webhook_delivery (webhook_id, next_attempt_at)
    WHERE status IN ('pending', 'retrying')
--;
CREATE INDEX access_webhook_delivery_head_idx ON access_webhook_delivery (day)
    WHERE attempts @? '$[*].answer_head'
--;
CREATE FUNCTION access_webhook_rotate_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    part record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_webhook_rotate_partitions'));
    FOR n IN -1..7 LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF access_webhook_delivery FOR VALUES FROM (%L) TO (%L)',
            'access_webhook_delivery_' || to_char(today + n, 'YYYYMMDD'), today + n, today + n + 1);
    END LOOP;
    FOR part IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'access_webhook_delivery'::regclass
          AND relname < 'access_webhook_delivery_' || to_char(today - 90, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
    END LOOP;
END $$
--;
SELECT access_webhook_rotate_partitions()
""")
    reference_numbers("access_webhook", "WHK", "access")
    grant("access_webhook", "SELECT, INSERT, UPDATE", "access")
    for table in _PARTS:
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
    _protect("access_webhook", f"{_READS_ALL} OR id::text = ANY({setting('records')}) OR {_WRITES}")
    for table in _PARTS:
        _protect(table, f"{_READS_ALL} OR webhook_id::text = ANY({setting('records')}) OR {_WRITES}")
    run(f"""
REVOKE EXECUTE ON FUNCTION access_webhook_rotate_partitions() FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION access_webhook_rotate_partitions() TO {role("access")}
""")


def _protect(table: str, reads: str) -> None:
    run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({reads})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({_WRITES})
""")


def downgrade() -> None:
    run("""
DROP FUNCTION access_webhook_rotate_partitions()
--;
DROP TABLE access_webhook_delivery, access_webhook_state, access_webhook_key, access_webhook
--;
DROP SEQUENCE access_webhook_ref_seq
""")
