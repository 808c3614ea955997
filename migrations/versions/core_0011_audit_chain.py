"""The audit trail as a chain: entries under the ids of their facts in monthly partitions, links in the order of the
feed, signed checkpoints, and keys of details that describe a person.

Entries that are there move over: their ids are made from their instants, and they are linked before the feed's next
position.
"""

from migrations.rules import grant, role, run, setting

revision = "core_0011"
down_revision = "access_0002"

SERVICES = ("membership", "centres", "actions", "access")
_COLUMNS = """
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
    content_hash bytea NOT NULL"""
_NAMES = (
    "at, actor_kind, actor_id, action, resource, subject, version, country, visibility, from_status, to_status,"
    " request_id, before_hash, after_hash, detail, detail_key, content_hash"
)
_ID = (
    "(lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'"
    " || lpad(to_hex((extract(microseconds FROM at)::bigint % 1000) * 4), 3, '0') || '8'"
    " || lpad(to_hex(id), 15, '0'))::uuid"
)
"""A UUIDv7 of the entry's instant, to the microsecond; the old number keeps entries of one instant in order."""


def upgrade() -> None:
    run("ALTER TABLE core_audit RENAME TO core_audit_old")
    run("ALTER TABLE core_audit_old NO FORCE ROW LEVEL SECURITY")
    run("ALTER INDEX core_audit_pkey RENAME TO core_audit_old_pkey")
    run("ALTER INDEX core_audit_subject_idx RENAME TO core_audit_old_subject_idx")
    run(f"""
CREATE TABLE core_audit (
    id uuid PRIMARY KEY DEFAULT uuidv7(),{_COLUMNS}
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
""")
    _functions()
    _move()
    _walls()


def _functions() -> None:
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
CREATE FUNCTION core_audit_turn() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    FOR n IN 0..3 LOOP
        PERFORM core_audit_partition(date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month');
    END LOOP;
END $$
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
--;
CREATE FUNCTION core_audit_follow(state bytea, beginning bytea, "position" bigint, entry uuid, content bytea)
RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256(coalesce(state, beginning) || int8send("position") || uuid_send(entry) || content);
END $$
--;
CREATE AGGREGATE core_audit_chain(beginning bytea, "position" bigint, entry uuid, content bytea) (
    SFUNC = core_audit_follow, STYPE = bytea)
""")


def _move() -> None:
    run(f"""
SELECT core_audit_partition(month) FROM generate_series(
    (SELECT date_trunc('month', min(at) AT TIME ZONE 'UTC') FROM core_audit_old),
    date_trunc('month', now() AT TIME ZONE 'UTC'), interval '1 month') month
--;
SELECT core_audit_turn()
--;
INSERT INTO core_audit (id, {_NAMES}) SELECT {_ID}, {_NAMES} FROM core_audit_old
--;
INSERT INTO core_audit_link (position, entry, hash)
SELECT position, id, core_audit_chain(decode(repeat('00', 32), 'hex'), position, id, content_hash) OVER (ORDER BY position)
FROM (
    SELECT id, content_hash, row_number() OVER (ORDER BY id) - count(*) OVER ()
        + coalesce((SELECT max(position) FROM core_lease), 0) AS position
    FROM core_audit) placed
--;
INSERT INTO core_audit_head (position, hash)
SELECT coalesce((SELECT max(position) FROM core_lease), 0),
    coalesce((SELECT hash FROM core_audit_link ORDER BY position DESC LIMIT 1), decode(repeat('00', 32), 'hex'))
--;
DO $$ BEGIN
    IF (SELECT count(*) FROM core_audit) <> (SELECT count(*) FROM core_audit_old)
        OR (SELECT count(*) FROM core_audit_link) <> (SELECT count(*) FROM core_audit_old)
    THEN
        RAISE 'entries of the audit trail were lost on their way';
    END IF;
END $$
--;
DROP TABLE core_audit_old
""")


def _walls() -> None:
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
REVOKE EXECUTE ON FUNCTION core_audit_turn(), core_audit_retire(integer), core_audit_partition(timestamp) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION core_audit_turn(), core_audit_retire(integer) TO {role("relay")}
--;
GRANT SELECT (id, content_hash) ON core_audit TO {role("relay")}
""")
    grant("core_audit", "SELECT, INSERT", *SERVICES)
    grant("core_audit_key", "SELECT, INSERT", "centres", "actions")
    grant("core_audit_key", "SELECT, INSERT, DELETE", "membership", "access")
    grant("core_audit_link", "SELECT", "access")
    grant("core_audit_link", "SELECT, INSERT", "relay")
    grant("core_audit_head", "SELECT, UPDATE", "relay")
    grant("core_audit_checkpoint", "SELECT, INSERT, UPDATE", "relay")
    grant("core_audit_signing_key", "SELECT, INSERT", "relay")


def downgrade() -> None:
    run("ALTER TABLE core_audit RENAME TO core_audit_new")
    run("ALTER TABLE core_audit_new NO FORCE ROW LEVEL SECURITY")
    run("ALTER INDEX core_audit_pkey RENAME TO core_audit_new_pkey")
    run("ALTER INDEX core_audit_subject_idx RENAME TO core_audit_new_subject_idx")
    run(f"""
CREATE TABLE core_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,{_COLUMNS}
)
--;
INSERT INTO core_audit ({_NAMES}) SELECT {_NAMES} FROM core_audit_new ORDER BY id
--;
DROP TABLE core_audit_new, core_audit_key, core_audit_link, core_audit_head, core_audit_checkpoint,
    core_audit_signing_key
--;
DROP AGGREGATE core_audit_chain(bytea, bigint, uuid, bytea)
--;
DROP FUNCTION core_audit_follow(bytea, bytea, bigint, uuid, bytea), core_audit_retire(integer), core_audit_turn(),
    core_audit_partition(timestamp), core_audit_first(timestamptz)
--;
CREATE INDEX core_audit_subject_idx ON core_audit (subject, id)
--;
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
""")
    grant("core_audit", "SELECT, INSERT", *SERVICES)
