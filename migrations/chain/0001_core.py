"""What every service uses: refs of records, stored responses, transitions that wait for a second person, and mail."""

from migrations.rules import country_scoped, grant, role, run

revision = "0001_core"
down_revision = None

_SERVICES = ("membership", "centres", "actions", "access")


def upgrade() -> None:
    run("""
CREATE FUNCTION core_ref(prefix text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN prefix || '-' || lpad(number::text, greatest(6, length(number::text)), '0')
""")
    everyone = ", ".join(role(name) for name in (*_SERVICES, "relay"))
    run(f"GRANT EXECUTE ON FUNCTION core_ref(text, bigint) TO {everyone}")
    run(f"GRANT SELECT ON core_migration TO {everyone}")
    _stored_responses()
    _pending_transitions()
    _mail()


def _stored_responses() -> None:
    """Responses stored under idempotency keys, in daily partitions that are dropped whole, with what their caller was
    allowed when they were given. The relay makes partitions ahead of time, and drops the oldest before their time where
    all together are too large."""
    run("""
CREATE TABLE core_idempotency (
    day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    scope bytea NOT NULL,
    digest bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    authority bytea,
    PRIMARY KEY (scope, day)
) PARTITION BY RANGE (day)
--;
CREATE FUNCTION core_idempotency_rotate_partitions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    part record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('core_idempotency_rotate_partitions'));
    FOR n IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF core_idempotency FOR VALUES FROM (%L) TO (%L)',
            'core_idempotency_' || to_char(today + n, 'YYYYMMDD'), today + n, today + n + 1);
    END LOOP;
    FOR part IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'core_idempotency'::regclass
          AND relname < 'core_idempotency_' || to_char(today - 3, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
    END LOOP;
END $$
--;
SELECT core_idempotency_rotate_partitions()
--;
CREATE FUNCTION core_idempotency_claim(wanted bytea, lock bigint)
RETURNS TABLE (claimed boolean, digest bytea, authority bytea, status smallint, headers jsonb, body bytea)
LANGUAGE plpgsql VOLATILE SET search_path = escm, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) THEN
        RETURN QUERY SELECT false, NULL::bytea, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT true, k.digest, k.authority, k.status, k.headers, k.body FROM core_idempotency k
        WHERE k.scope = wanted AND k.created_at > now() - interval '72 hours';
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::bytea, NULL::bytea, NULL::smallint, NULL::jsonb, NULL::bytea;
    END IF;
END $$
--;
CREATE FUNCTION core_idempotency_open(wanted bytea, lock bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = escm, pg_temp AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) OR EXISTS (
        SELECT FROM core_idempotency k
        WHERE k.scope = wanted AND k.day BETWEEN today - 3 AND today AND k.created_at > now() - interval '72 hours')
    THEN
        RAISE 'the key is held, or has an answer' USING ERRCODE = 'EK001';
    END IF;
END $$
--;
CREATE FUNCTION core_idempotency_trim(most bigint, always interval, at_once integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    today text := 'core_idempotency_' || to_char((now() AT TIME ZONE 'UTC')::date, 'YYYYMMDD');
    size bigint := 0;
    part record;
    gone integer := 0;
BEGIN
    SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) INTO size
    FROM pg_inherits WHERE inhparent = 'core_idempotency'::regclass;
    FOR part IN
        SELECT relname, pg_total_relation_size(inhrelid) AS bytes FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'core_idempotency'::regclass AND relname < today ORDER BY relname
    LOOP
        EXIT WHEN size <= most;
        EXECUTE format('DROP TABLE %I', part.relname);
        size := size - part.bytes;
        gone := gone + 1;
    END LOOP;
    IF size > most AND to_regclass(today) IS NOT NULL THEN
        EXECUTE format('DELETE FROM %1$I WHERE ctid = ANY(ARRAY('
            'SELECT ctid FROM %1$I WHERE created_at < now() - $1 LIMIT $2))', today) USING always, at_once;
        GET DIAGNOSTICS at_once = ROW_COUNT;
        gone := gone + at_once;
    END IF;
    RETURN gone;
END $$
""")
    grant("core_idempotency", "SELECT, INSERT", *_SERVICES)
    services = ", ".join(role(name) for name in _SERVICES)
    run(f"""
REVOKE EXECUTE ON FUNCTION core_idempotency_rotate_partitions(), core_idempotency_claim(bytea, bigint),
    core_idempotency_open(bytea, bigint), core_idempotency_trim(bigint, interval, integer) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION core_idempotency_rotate_partitions(), core_idempotency_claim(bytea, bigint),
    core_idempotency_open(bytea, bigint) TO {services}
--;
GRANT EXECUTE ON FUNCTION core_idempotency_rotate_partitions(), core_idempotency_trim(bigint, interval, integer) TO {role("relay")}
""")


def _pending_transitions() -> None:
    """Each has the country and visibility of its record."""
    run("""
CREATE TABLE core_pending_transition (
    id uuid PRIMARY KEY,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    record_ref text NOT NULL,
    record_version integer NOT NULL,
    action text NOT NULL,
    reason text,
    fields jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'declined', 'withdrawn', 'expired')),
    proposer_kind text NOT NULL,
    proposer_id uuid NOT NULL,
    proposer_owner uuid,
    second_person uuid,
    concerned uuid[] NOT NULL,
    country text,
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text
)
--;
CREATE UNIQUE INDEX core_pending_transition_open_idx ON core_pending_transition (record_id, action)
    WHERE status = 'pending'
--;
CREATE INDEX core_pending_transition_record_idx ON core_pending_transition (record_id)
--;
CREATE INDEX core_pending_transition_expires_idx ON core_pending_transition (expires_at) WHERE status = 'pending'
""")
    country_scoped("core_pending_transition", "access", record="record_id")
    grant("core_pending_transition", "SELECT, INSERT, UPDATE, DELETE", "membership", "centres", "actions")


def _mail() -> None:
    """Mail that leaves with its effect: what is personal in it is sealed, and taken out once it is sent."""
    run("""
CREATE TABLE core_mail (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    template text NOT NULL,
    sealed bytea,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
)
--;
CREATE INDEX core_mail_sealed_idx ON core_mail (created_at) WHERE sealed IS NOT NULL
""")
    grant("core_mail", "SELECT, INSERT, UPDATE, DELETE", *_SERVICES)


def downgrade() -> None:
    run("""
DROP TABLE core_mail, core_pending_transition, core_idempotency
--;
DROP FUNCTION core_idempotency_rotate_partitions(), core_idempotency_claim(bytea, bigint), core_idempotency_open(bytea, bigint),
    core_idempotency_trim(bigint, interval, integer), core_ref(text, bigint)
""")
