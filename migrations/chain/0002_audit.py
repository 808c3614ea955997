"""The audit trail: entries under the ids of their facts in monthly partitions, read with the visibility of their record;
links in the order of the feed, signed checkpoints, and the keys of details that describe a person."""

from migrations.rules import grant, role, run, setting

revision = "0002_audit"
down_revision = "0001_core"


def upgrade() -> None:
    run("""
CREATE TABLE core_audit (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    resource text NOT NULL,
    subject uuid NOT NULL,
    version integer NOT NULL,
    country text,
    visibility text NOT NULL,
    from_status text,
    to_status text,
    request_id text NOT NULL,
    before_hash bytea,
    after_hash bytea,
    detail bytea NOT NULL,
    detail_key uuid,
    content_hash bytea NOT NULL
) PARTITION BY RANGE (id)
--;
CREATE TABLE core_audit_default PARTITION OF core_audit DEFAULT
--;
CREATE INDEX core_audit_subject_idx ON core_audit (subject, version, id)
--;
CREATE TABLE core_audit_key (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL,
    salt bytea NOT NULL
)
--;
CREATE INDEX core_audit_key_subject_idx ON core_audit_key (subject)
--;
CREATE TABLE core_audit_link (
    position bigint PRIMARY KEY,
    entry uuid NOT NULL,
    hash bytea NOT NULL
)
--;
CREATE INDEX core_audit_link_entry_idx ON core_audit_link (entry)
--;
CREATE TABLE core_audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL,
    hash bytea NOT NULL
) WITH (fillfactor = 50)
--;
COMMENT ON COLUMN core_audit_head.position IS 'the last position of core_fact whose entry was looked for'
--;
INSERT INTO core_audit_head (position, hash) VALUES (0, decode(repeat('00', 32), 'hex'))
--;
CREATE TABLE core_audit_checkpoint (
    position bigint PRIMARY KEY,
    hash bytea NOT NULL,
    start bigint NOT NULL,
    at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
)
--;
COMMENT ON COLUMN core_audit_checkpoint.start IS 'the position after which the chain begins'
--;
CREATE TABLE core_audit_signing_key (
    key_id text PRIMARY KEY,
    public bytea NOT NULL,
    private bytea NOT NULL,
    created_at timestamptz NOT NULL
)
--;
CREATE TABLE core_audit_verified (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    newest bigint NOT NULL,
    again bigint NOT NULL,
    at timestamptz
)
--;
COMMENT ON COLUMN core_audit_verified.again IS 'up to where what is older was verified once more; it begins anew'
--;
INSERT INTO core_audit_verified (newest, again) VALUES (0, 0)
""")
    _partitions()
    _chain()
    _privileges()


def _partitions() -> None:
    """A partition is a month by the time in the ids, which are UUIDv7. The trail is retired by whole months."""
    run("""
CREATE FUNCTION core_audit_first(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT rpad(lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$
--;
CREATE FUNCTION core_audit_partition(month timestamp) RETURNS void LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
DECLARE
    first uuid := core_audit_first(month AT TIME ZONE 'UTC');
    after uuid := core_audit_first((month + interval '1 month') AT TIME ZONE 'UTC');
    name text := 'core_audit_' || to_char(month, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL AND NOT EXISTS (
        SELECT FROM core_audit_default WHERE id >= first AND id < after)
    THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF core_audit FOR VALUES FROM (%L) TO (%L)', name, first, after);
    END IF;
END $$
--;
CREATE FUNCTION core_audit_make_partitions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    FOR n IN 0..3 LOOP
        PERFORM core_audit_partition(date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month');
    END LOOP;
END $$
--;
SELECT core_audit_make_partitions()
--;
CREATE FUNCTION core_audit_retire(years integer) RETURNS TABLE (last bigint, last_hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    bound timestamp := date_trunc('month', now() AT TIME ZONE 'UTC' - years * interval '1 year');
    oldest text;
    after timestamptz;
BEGIN
    SELECT min(relname) INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'core_audit'::regclass AND relname ~ '^core_audit_\\d{8}$'
        AND relname < 'core_audit_' || to_char(bound, 'YYYYMMDD');
    IF oldest IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('DROP TABLE %I', oldest);
    after := (to_date(right(oldest, 8), 'YYYYMMDD') + interval '1 month') AT TIME ZONE 'UTC';
    DELETE FROM core_audit_key k WHERE k.id < core_audit_first(after - interval '1 day');
    SELECT l.position, l.hash INTO last, last_hash FROM core_audit_link l
    WHERE l.entry < core_audit_first(after) ORDER BY l.position DESC LIMIT 1;
    IF last IS NOT NULL THEN
        DELETE FROM core_audit_link l WHERE l.position <= last;
        DELETE FROM core_audit_checkpoint c WHERE c.position < last;
        RETURN NEXT;
    END IF;
END $$
""")


def _chain() -> None:
    run("""
CREATE FUNCTION core_audit_follow(state bytea, beginning bytea, "position" bigint, entry uuid, content bytea)
RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256(coalesce(state, beginning) || int8send("position") || uuid_send(entry) || content);
END $$
--;
CREATE AGGREGATE core_audit_chain(beginning bytea, "position" bigint, entry uuid, content bytea) (
    SFUNC = core_audit_follow, STYPE = bytea)
""")


def _privileges() -> None:
    run(f"""
ALTER TABLE core_audit ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE core_audit FORCE ROW LEVEL SECURITY
--;
CREATE POLICY core_audit_read ON core_audit FOR SELECT USING (
    visibility = ANY({setting("visibilities")}) OR country = ANY({setting("countries")})
    OR subject::text = ANY({setting("records")})
)
--;
CREATE POLICY core_audit_append ON core_audit FOR INSERT WITH CHECK (true)
--;
CREATE POLICY core_audit_link ON core_audit FOR SELECT TO {role("relay")} USING (true)
--;
REVOKE EXECUTE ON FUNCTION core_audit_make_partitions(), core_audit_retire(integer), core_audit_partition(timestamp) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION core_audit_make_partitions(), core_audit_retire(integer) TO {role("relay")}
--;
GRANT SELECT (id, content_hash) ON core_audit TO {role("relay")}
--;
GRANT SELECT (key_id, public) ON core_audit_signing_key TO {role("access")}
""")
    grant("core_audit", "SELECT, INSERT", "membership", "centres", "actions", "access")
    grant("core_audit_key", "SELECT, INSERT", "centres", "actions")
    grant("core_audit_key", "SELECT, INSERT, DELETE", "membership", "access")
    grant("core_audit_link", "SELECT", "access")
    grant("core_audit_link", "SELECT, INSERT", "relay")
    grant("core_audit_head", "SELECT, UPDATE", "relay")
    grant("core_audit_checkpoint", "SELECT", "access")
    grant("core_audit_checkpoint", "SELECT, INSERT, UPDATE", "relay")
    grant("core_audit_signing_key", "SELECT, INSERT", "relay")
    grant("core_audit_verified", "SELECT, UPDATE", "access")


def downgrade() -> None:
    run("""
DROP TABLE core_audit, core_audit_key, core_audit_link, core_audit_head, core_audit_checkpoint, core_audit_signing_key,
    core_audit_verified
--;
DROP AGGREGATE core_audit_chain(bytea, bigint, uuid, bytea)
--;
DROP FUNCTION core_audit_follow(bytea, bytea, bigint, uuid, bytea), core_audit_retire(integer), core_audit_make_partitions(),
    core_audit_partition(timestamp), core_audit_first(timestamptz)
""")
